/* SPDX-License-Identifier: MIT */
/* Proves mapper_core.c against contracts over the model of memory in model.h (skip: mapper_entry.h, which is a unit of
 * its own). The contracts of the public functions are at the end. */
#include "mm/mapper_core.c"

/*@ predicate sound{L}(struct mapper *mapper) =
      \valid_read(mapper) && mapper->table_limit == WINDOW && mapper->frame_limit <= FRAMES &&
      mapper->frame_limit % 262144 == 0 &&
      is_root(mapper->root) && tree;

    predicate walked{L}(struct walk w, integer r, integer page, integer k) =
      (w.error == MAP_OK ==> at_table(r, w.table, w.level, page) && w.level >= k &&
                             (w.level > k ==> entry_at(w.table, page, w.level) == 0)) &&
      (w.error != MAP_OK ==> 2 <= w.level <= 4 && is_table(w.table, w.level, page) && stop4(r, page) == w.table &&
                             w.entry == entry_at(w.table, page, w.level) && w.entry != 0 &&
                             w.error == branch(w.entry, w.level));
*/

/*@ requires sound(mapper) && page < PAGES;
    requires 2 <= level <= 4;
    requires above.error == MAP_OK ==> walked(above, mapper->root, page, level);
    assigns \nothing;
    ensures \result.error == MAP_OK ==> walked(\result, mapper->root, page, level - 1);
    ensures walked(above, mapper->root, page, level) ==> walked(\result, mapper->root, page, level - 1); */
static struct walk step(const struct mapper *mapper, struct walk above, uint64_t page, int level);

/*@ requires sound(mapper) && page < PAGES;
    requires 1 <= level <= 3;
    assigns \nothing;
    ensures walked(\result, mapper->root, page, level); */
static struct walk walk_to(const struct mapper *mapper, uint64_t page, int level);

/*@ requires sound(mapper) && page < PAGES;
    requires 2 <= level <= 4;
    requires above.error == MAP_OK ==> walked(above, mapper->root, page, level);
    assigns \nothing;
    ensures \result.error == MAP_OK ==> walked(\result, mapper->root, page, level - 1); */
static struct walk step_owned(const struct mapper *mapper, struct walk above, uint64_t page, int level);

/*@ requires sound(mapper) && page < PAGES;
    requires 1 <= level <= 3;
    assigns \nothing;
    ensures \result.error == MAP_OK ==> walked(\result, mapper->root, page, level); */
static struct walk walk_owned_to(const struct mapper *mapper, uint64_t page, int level);

/*@ requires sound(mapper) && page < PAGES;
    requires 1 <= level <= 3;
    requires walk.error == MAP_OK && walked(walk, mapper->root, page, level);
    assigns \nothing;
    ensures \result == (walk.level != level ? MAP_NOT_MAPPED :
                        state(mapper->frame_limit, entry_at(walk.table, page, level), level)); */
static enum map_error found_state(const struct mapper *mapper, struct walk walk, uint64_t page, int level);

/*@ requires chain.lowest != 0 ==> 0 < chain.lowest < WINDOW && table_level[chain.lowest] == TAKEN;
    requires chain.middle != 0 ==> 0 < chain.middle < WINDOW && table_level[chain.middle] == TAKEN;
    requires chain.highest != 0 ==> 0 < chain.highest < WINDOW && table_level[chain.highest] == TAKEN;
    requires chain.middle != 0 ==> chain.middle != chain.lowest;
    requires chain.highest != 0 ==> chain.highest != chain.lowest && chain.highest != chain.middle;
    assigns table_level[..];
    ensures \forall integer t; 0 < t < WINDOW ==> table_level[t] ==
      (t == chain.lowest || t == chain.middle || t == chain.highest ? FREE : \old(table_level[t])); */
static void give_back(struct mapper *mapper, struct chain chain);

/*@ requires 1 <= count <= 3;
    requires tree;
    assigns table_level[..];
    ensures none: \result.lowest == 0 ==> same_levels{Pre, Post};
    ensures lowest: \result.lowest != 0 ==> 0 < \result.lowest < WINDOW && \old(table_level[\result.lowest]) == FREE &&
                                    table_level[\result.lowest] == TAKEN;
    ensures middle: \result.lowest != 0 && count > 1 ==> 0 < \result.middle < WINDOW &&
              \old(table_level[\result.middle]) == FREE && table_level[\result.middle] == TAKEN &&
              \result.middle != \result.lowest;
    ensures highest: \result.lowest != 0 && count > 2 ==> 0 < \result.highest < WINDOW &&
              \old(table_level[\result.highest]) == FREE && table_level[\result.highest] == TAKEN &&
              \result.highest != \result.lowest && \result.highest != \result.middle;
    ensures others: \forall integer t; 0 < t < WINDOW && t != \result.lowest && (count < 2 || t != \result.middle) &&
              (count < 3 || t != \result.highest) ==> table_level[t] == \old(table_level[t]);
    ensures tree: tree; */
static struct chain take_tables(struct mapper *mapper, int count);

/*@ requires tree && 0 < table < WINDOW && page < PAGES && 1 <= level <= 4;
    requires table_level[table] == level;
    requires level > 1 ==> next(leaf) == 0 && next(entry_at(table, page, level)) == 0;
    assigns ram;
    ensures entry: ram.entry[table][index(page, level)] == leaf;
    ensures rest: same_entries_but{Pre, Post}(table, index(page, level));
    ensures tree: tree;
    ensures stops2: same_stops2{Pre, Post};
    ensures stops3: same_stops3{Pre, Post};
    ensures stops4: same_stops4{Pre, Post}; */
static void write_leaf(struct mapper *mapper, uint64_t table, uint64_t page, int level, uint64_t leaf);

/*@ requires tree && page < PAGES && 2 <= level <= 4;
    requires is_table(table, level, page) && is_table(below, level - 1, page);
    requires ram.entry[table][index(page, level)] == 0;
    assigns ram;
    ensures entry: next(ram.entry[table][index(page, level)]) == below;
    ensures rest: same_entries_but{Pre, Post}(table, index(page, level));
    ensures tree: tree;
    ensures stops2: relinked2{Pre, Post}(table, level, page, below);
    ensures stops3: relinked3{Pre, Post}(table, level, page, below);
    ensures stops4_at_2: relinked4_at_2{Pre, Post}(table, level, page, below);
    ensures stops4_at_3: relinked4_at_3{Pre, Post}(table, level, page, below);
    ensures stops4_at_4: relinked4_at_4{Pre, Post}(table, level, page, below); */
static void link_table(struct mapper *mapper, uint64_t table, uint64_t page, int level, uint64_t below);

/*@ requires tree && page < PAGES && 1 <= level <= 3;
    requires is_table(table, level, page);
    requires level > 1 ==> next(leaf) == 0 && next(entry_at(table, page, level)) == 0;
    assigns ram;
    ensures tree: tree;
    ensures rest: same_entries_but{Pre, Post}(table, index(page, level));
    ensures before: \forall integer r; is_root(r) && at_table{Pre}(r, table, level, page) ==>
      shows{Pre}(r, page, level, \old(entry_at(table, page, level)));
    ensures shows: \forall integer r; is_root(r) && at_table{Pre}(r, table, level, page) ==> shows(r, page, level, leaf);
    ensures others: others_unchanged{Pre, Post}(page, level); */
static void replace_leaf(struct mapper *mapper, uint64_t table, uint64_t page, int level, uint64_t leaf);

/*@ requires tree && page < PAGES && 1 <= level <= 3;
    requires 0 < table < WINDOW && table_level[table] == TAKEN;
    requires level > 1 ==> next(leaf) == 0;
    assigns ram, table_level[table], table_prefix[table];
    ensures table: is_table(table, level, page);
    ensures entry: ram.entry[table][index(page, level)] == leaf;
    ensures empty: \forall integer i; 0 <= i < 512 && i != index(page, level) ==> ram.entry[table][i] == 0;
    ensures rest: same_tables_but{Pre, Post}(table);
    ensures tree: tree; 
    ensures stops2: same_stops2{Pre, Post};
    ensures stops3: same_stops3{Pre, Post};
    ensures stops4: same_stops4{Pre, Post};
    ensures fresh: fresh(table, level, page, level, leaf); */
static void begin_with_leaf(struct mapper *mapper, uint64_t table, uint64_t page, int level, uint64_t leaf);

/*@ requires tree && page < PAGES && 2 <= level <= 3;
    requires 0 < table < WINDOW && table_level[table] == TAKEN;
    requires is_table(below, level - 1, page);
    assigns ram, table_level[table], table_prefix[table];
    ensures table: is_table(table, level, page);
    ensures rest: same_tables_but{Pre, Post}(table);
    ensures tree: tree;
    ensures stops2: same_stops2{Pre, Post};
    ensures stops3: same_stops3{Pre, Post};
    ensures stops4: same_stops4{Pre, Post};
    ensures entry: next(ram.entry[table][index(page, level)]) == below;
    ensures empty: \forall integer i; 0 <= i < 512 && i != index(page, level) ==> ram.entry[table][i] == 0;
    ensures fresh21: level == 2 ==> \forall integer leaf; fresh{Pre}(below, 1, page, 1, leaf) ==>
      fresh{Post}(table, 2, page, 1, leaf);
    ensures fresh31: level == 3 ==> \forall integer leaf; fresh{Pre}(below, 2, page, 1, leaf) ==>
      fresh{Post}(table, 3, page, 1, leaf);
    ensures fresh32: level == 3 ==> \forall integer leaf; fresh{Pre}(below, 2, page, 2, leaf) ==>
      fresh{Post}(table, 3, page, 2, leaf); */
static void begin_with_link(struct mapper *mapper, uint64_t table, uint64_t page, int level, uint64_t below);

/*@ requires tree && page < PAGES && 2 <= level <= 4;
    requires is_table(table, level, page) && is_table(below, level - 1, page);
    requires ram.entry[table][index(page, level)] == 0;
    assigns ram;
    ensures tree: tree;
    ensures shows2: level == 2 ==> \forall integer r, k, leaf; 1 <= k < 2 && is_root{Pre}(r) &&
      at_table{Pre}(r, table, 2, page) && fresh{Pre}(below, 1, page, k, leaf) ==> shows(r, page, k, leaf);
    ensures others2: level == 2 ==> \forall integer k, leaf; 1 <= k < 2 &&
      fresh{Pre}(below, 1, page, k, leaf) ==> others_unchanged{Pre, Post}(page, k);
    ensures shows3: level == 3 ==> \forall integer r, k, leaf; 1 <= k < 3 && is_root{Pre}(r) &&
      at_table{Pre}(r, table, 3, page) && fresh{Pre}(below, 2, page, k, leaf) ==> shows(r, page, k, leaf);
    ensures others3: level == 3 ==> \forall integer k, leaf; 1 <= k < 3 &&
      fresh{Pre}(below, 2, page, k, leaf) ==> others_unchanged{Pre, Post}(page, k);
    ensures shows4: level == 4 ==> \forall integer r, k, leaf; 1 <= k < 4 && is_root{Pre}(r) &&
      at_table{Pre}(r, table, 4, page) && fresh{Pre}(below, 3, page, k, leaf) ==> shows(r, page, k, leaf);
    ensures others4: level == 4 ==> \forall integer k, leaf; 1 <= k < 4 &&
      fresh{Pre}(below, 3, page, k, leaf) ==> others_unchanged{Pre, Post}(page, k); */
static void publish(struct mapper *mapper, uint64_t table, uint64_t page, int level, uint64_t below);

/*@ requires tree && page < PAGES && 1 <= level <= 3 && 1 <= count <= 3 && level + count <= 4;
    requires level > 1 ==> next(leaf) == 0;
    assigns ram, table_level[..], table_prefix[..];
    ensures tree: tree;
    ensures none: \result == 0 ==> untouched{Pre, Post};
    ensures top: \result != 0 ==> is_table(\result, level + count - 1, page) && \old(table_level[\result]) == FREE;
    ensures keeps: keeps_tables{Pre, Post};
    ensures entries: same_table_entries{Pre, Post};
    ensures stops2: same_stops2{Pre, Post};
    ensures stops3: same_stops3{Pre, Post};
    ensures stops4: same_stops4{Pre, Post};
    ensures fresh1: \result != 0 && level + count == 2 ==> fresh(\result, 1, page, level, leaf);
    ensures fresh2: \result != 0 && level + count == 3 ==> fresh(\result, 2, page, level, leaf);
    ensures fresh3: \result != 0 && level + count == 4 ==> fresh(\result, 3, page, level, leaf); */
static uint64_t build_tables(struct mapper *mapper, uint64_t page, uint64_t leaf, int level, int count);

/*@ requires sound(mapper) && page < PAGES && 1 <= level <= 3 && 1 <= count <= 3;
    requires walk.level == level + count;
    requires at_table(mapper->root, walk.table, walk.level, page) && entry_at(walk.table, page, walk.level) == 0;
    requires level > 1 ==> next(leaf) == 0;
    assigns ram, table_level[..], table_prefix[..];
    ensures sound: sound(mapper);
    ensures keeps: keeps_tables{Pre, Post};
    ensures results: \result == MAP_OK || \result == MAP_NO_FRAME;
    ensures failure: \result != MAP_OK ==> same_entries{Pre, Post} && same_levels{Pre, Post} && same_prefixes{Pre, Post};
    ensures shows: \result == MAP_OK ==> shows(mapper->root, page, level, leaf);
    ensures others: \result == MAP_OK ==> others_unchanged{Pre, Post}(page, level); */
static enum map_error map_with_tables(struct mapper *mapper, struct walk walk, uint64_t page, uint64_t leaf,
                                      int level, int count);

/*@ requires sound(mapper) && page < PAGES && frame < FRAMES && 1 <= level <= 3 && whole_frame(frame, level);
    assigns ram, table_level[..], table_prefix[..];
    ensures sound: sound(mapper);
    ensures keeps: keeps_tables{Pre, Post};
    ensures failure: \result != MAP_OK ==> untouched{Pre, Post};
    ensures checked: \result == MAP_OK ==> allowed(page, flags) && frame < mapper->frame_limit &&
      (level == 3 ==> mapper->has_1g_pages != 0);
    ensures shows: \result == MAP_OK ==> \exists integer leaf; shows(mapper->root, page, level, leaf) &&
      maps(mapper, leaf, level, frame, flags);
    ensures vacant: \result == MAP_OK ==> vacant{Pre}(mapper->root, page, level);
    ensures others: \result == MAP_OK ==> others_unchanged{Pre, Post}(page, level); */
static enum map_error map(struct mapper *mapper, uint64_t page, uint64_t frame, uint64_t flags, int level);

/*@ requires sound(mapper) && page < PAGES && 1 <= level <= 3;
    assigns ram;
    ensures sound: sound(mapper);
    ensures failure: \result != MAP_OK ==> same_entries{Pre, Post};
    ensures checked: \result == MAP_OK ==> allowed(page, flags);
    ensures shows: \result == MAP_OK ==> \exists integer old, leaf; shows{Pre}(mapper->root, page, level, old) &&
      state(mapper->frame_limit, old, level) == MAP_OK && shows(mapper->root, page, level, leaf) &&
      maps(mapper, leaf, level, leaf_frame_of(old, level), flags);
    ensures others: \result == MAP_OK ==> others_unchanged{Pre, Post}(page, level); */
static enum map_error update(struct mapper *mapper, uint64_t page, uint64_t flags, int level);

/*@ requires sound(mapper) && page < PAGES && 1 <= level <= 3;
    assigns ram;
    ensures sound: sound(mapper);
    ensures failure: \result.error != MAP_OK ==> same_entries{Pre, Post};
    ensures shows: \result.error == MAP_OK ==> shows(mapper->root, page, level, 0) &&
      \exists integer old; shows{Pre}(mapper->root, page, level, old) &&
      state(mapper->frame_limit, old, level) == MAP_OK && \result.frame == leaf_frame_of(old, level);
    ensures others: \result.error == MAP_OK ==> others_unchanged{Pre, Post}(page, level); */
static struct mapper_removal unmap(struct mapper *mapper, uint64_t page, int level);

/*@ requires sound(mapper) && page < PAGES;
    assigns \nothing;
    ensures level: \result.level == decisive_level(mapper->root, page);
    ensures error: \result.error == (\result.level == 1 || decisive(mapper->root, page) == 0
        || branch(decisive(mapper->root, page), \result.level) == MAP_INSIDE_HUGE_PAGE
      ? state(mapper->frame_limit, decisive(mapper->root, page), \result.level)
      : branch(decisive(mapper->root, page), \result.level));
    ensures entry: \result.error == MAP_OK ==> \result.entry == decisive(mapper->root, page); */
struct mapper_translation mapper_core_translate(const struct mapper *mapper, uint64_t page);

/*@ requires sound(mapper) && page < PAGES && frame < FRAMES && whole_frame(frame, 1);
    assigns ram, table_level[..], table_prefix[..];
    ensures sound: sound(mapper);
    ensures keeps: keeps_tables{Pre, Post};
    ensures failure: \result != MAP_OK ==> untouched{Pre, Post};
    ensures checked: \result == MAP_OK ==> allowed(page, flags) && frame < mapper->frame_limit &&
      (1 == 3 ==> mapper->has_1g_pages != 0);
    ensures shows: \result == MAP_OK ==> \exists integer leaf; shows(mapper->root, page, 1, leaf) &&
      maps(mapper, leaf, 1, frame, flags);
    ensures vacant: \result == MAP_OK ==> vacant{Pre}(mapper->root, page, 1);
    ensures others: \result == MAP_OK ==> others_unchanged{Pre, Post}(page, 1); */
enum map_error mapper_core_map_4k(struct mapper *mapper, uint64_t page, uint64_t frame, uint64_t flags);

/*@ requires sound(mapper) && page < PAGES && frame < FRAMES && whole_frame(frame, 2);
    assigns ram, table_level[..], table_prefix[..];
    ensures sound: sound(mapper);
    ensures keeps: keeps_tables{Pre, Post};
    ensures failure: \result != MAP_OK ==> untouched{Pre, Post};
    ensures checked: \result == MAP_OK ==> allowed(page, flags) && frame < mapper->frame_limit &&
      (2 == 3 ==> mapper->has_1g_pages != 0);
    ensures shows: \result == MAP_OK ==> \exists integer leaf; shows(mapper->root, page, 2, leaf) &&
      maps(mapper, leaf, 2, frame, flags);
    ensures vacant: \result == MAP_OK ==> vacant{Pre}(mapper->root, page, 2);
    ensures others: \result == MAP_OK ==> others_unchanged{Pre, Post}(page, 2); */
enum map_error mapper_core_map_2m(struct mapper *mapper, uint64_t page, uint64_t frame, uint64_t flags);

/*@ requires sound(mapper) && page < PAGES && frame < FRAMES && whole_frame(frame, 3);
    assigns ram, table_level[..], table_prefix[..];
    ensures sound: sound(mapper);
    ensures keeps: keeps_tables{Pre, Post};
    ensures failure: \result != MAP_OK ==> untouched{Pre, Post};
    ensures checked: \result == MAP_OK ==> allowed(page, flags) && frame < mapper->frame_limit &&
      (3 == 3 ==> mapper->has_1g_pages != 0);
    ensures shows: \result == MAP_OK ==> \exists integer leaf; shows(mapper->root, page, 3, leaf) &&
      maps(mapper, leaf, 3, frame, flags);
    ensures vacant: \result == MAP_OK ==> vacant{Pre}(mapper->root, page, 3);
    ensures others: \result == MAP_OK ==> others_unchanged{Pre, Post}(page, 3); */
enum map_error mapper_core_map_1g(struct mapper *mapper, uint64_t page, uint64_t frame, uint64_t flags);

/*@ requires sound(mapper) && page < PAGES;
    assigns ram;
    ensures sound: sound(mapper);
    ensures failure: \result != MAP_OK ==> same_entries{Pre, Post};
    ensures checked: \result == MAP_OK ==> allowed(page, flags);
    ensures shows: \result == MAP_OK ==> \exists integer old, leaf; shows{Pre}(mapper->root, page, 1, old) &&
      state(mapper->frame_limit, old, 1) == MAP_OK && shows(mapper->root, page, 1, leaf) &&
      maps(mapper, leaf, 1, leaf_frame_of(old, 1), flags);
    ensures others: \result == MAP_OK ==> others_unchanged{Pre, Post}(page, 1); */
enum map_error mapper_core_update_4k(struct mapper *mapper, uint64_t page, uint64_t flags);

/*@ requires sound(mapper) && page < PAGES;
    assigns ram;
    ensures sound: sound(mapper);
    ensures failure: \result != MAP_OK ==> same_entries{Pre, Post};
    ensures checked: \result == MAP_OK ==> allowed(page, flags);
    ensures shows: \result == MAP_OK ==> \exists integer old, leaf; shows{Pre}(mapper->root, page, 2, old) &&
      state(mapper->frame_limit, old, 2) == MAP_OK && shows(mapper->root, page, 2, leaf) &&
      maps(mapper, leaf, 2, leaf_frame_of(old, 2), flags);
    ensures others: \result == MAP_OK ==> others_unchanged{Pre, Post}(page, 2); */
enum map_error mapper_core_update_2m(struct mapper *mapper, uint64_t page, uint64_t flags);

/*@ requires sound(mapper) && page < PAGES;
    assigns ram;
    ensures sound: sound(mapper);
    ensures failure: \result != MAP_OK ==> same_entries{Pre, Post};
    ensures checked: \result == MAP_OK ==> allowed(page, flags);
    ensures shows: \result == MAP_OK ==> \exists integer old, leaf; shows{Pre}(mapper->root, page, 3, old) &&
      state(mapper->frame_limit, old, 3) == MAP_OK && shows(mapper->root, page, 3, leaf) &&
      maps(mapper, leaf, 3, leaf_frame_of(old, 3), flags);
    ensures others: \result == MAP_OK ==> others_unchanged{Pre, Post}(page, 3); */
enum map_error mapper_core_update_1g(struct mapper *mapper, uint64_t page, uint64_t flags);

/*@ requires sound(mapper) && page < PAGES;
    assigns ram;
    ensures sound: sound(mapper);
    ensures failure: \result.error != MAP_OK ==> same_entries{Pre, Post};
    ensures shows: \result.error == MAP_OK ==> shows(mapper->root, page, 1, 0) &&
      \exists integer old; shows{Pre}(mapper->root, page, 1, old) &&
      state(mapper->frame_limit, old, 1) == MAP_OK && \result.frame == leaf_frame_of(old, 1);
    ensures others: \result.error == MAP_OK ==> others_unchanged{Pre, Post}(page, 1); */
struct mapper_removal mapper_core_unmap_4k(struct mapper *mapper, uint64_t page);

/*@ requires sound(mapper) && page < PAGES;
    assigns ram;
    ensures sound: sound(mapper);
    ensures failure: \result.error != MAP_OK ==> same_entries{Pre, Post};
    ensures shows: \result.error == MAP_OK ==> shows(mapper->root, page, 2, 0) &&
      \exists integer old; shows{Pre}(mapper->root, page, 2, old) &&
      state(mapper->frame_limit, old, 2) == MAP_OK && \result.frame == leaf_frame_of(old, 2);
    ensures others: \result.error == MAP_OK ==> others_unchanged{Pre, Post}(page, 2); */
struct mapper_removal mapper_core_unmap_2m(struct mapper *mapper, uint64_t page);

/*@ requires sound(mapper) && page < PAGES;
    assigns ram;
    ensures sound: sound(mapper);
    ensures failure: \result.error != MAP_OK ==> same_entries{Pre, Post};
    ensures shows: \result.error == MAP_OK ==> shows(mapper->root, page, 3, 0) &&
      \exists integer old; shows{Pre}(mapper->root, page, 3, old) &&
      state(mapper->frame_limit, old, 3) == MAP_OK && \result.frame == leaf_frame_of(old, 3);
    ensures others: \result.error == MAP_OK ==> others_unchanged{Pre, Post}(page, 3); */
struct mapper_removal mapper_core_unmap_1g(struct mapper *mapper, uint64_t page);

/*@ requires 1 <= level <= 3;
    assigns \nothing;
    ensures \result == leaf_frame_of(entry, level); */
uint64_t mapper_core_leaf_frame(uint64_t entry, int level);

/*@ requires 1 <= level <= 3;
    assigns \nothing;
    ensures \result == leaf_flags_of(entry, level); */
uint64_t mapper_core_leaf_flags(uint64_t entry, int level);

/*@ assigns \nothing;
    ensures \result == (page >= 34359738368 ? 3 : 7); */
uint64_t mapper_core_table_flags(uint64_t page);
