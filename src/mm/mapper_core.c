/* SPDX-License-Identifier: MIT */
/*
 * The editor of 4-level page tables.
 *
 * Every operation walks down from the root by one single-level step, written once and expanded for each level (there
 * is no loop over levels, no cast and no pointer into a table in this file: a frame number and an index name an
 * entry, and mapper_memory.h reaches it). The step stops at the first entry that decides. `map` then checks everything
 * that can go wrong, takes the tables that are missing, fills them from the bottom up while nobody can find them, and
 * links the topmost one, or the leaf, with a single store. Each kind of write to a table is a function of its own, whose
 * contract is all that a proof of its callers needs.
 *
 * Invariants
 *   M1  An operation that returns an error has written to no linked table and holds no frame that it took.
 *   M2  A table is complete before it is linked.
 *   M3  A linked table's entry in the table above never changes again, except by whoever takes the table away.
 *   M4  Every table that this file links has the permissions of its half: those of a page are decided by its leaf.
 *   M5  No leaf written here is both writable and executable, where the CPU has execute protection.
 *
 * It leaves to others: flushing (the callers' tokens), the ownership of the frames that pages show, and concurrent
 * editors (one CPU edits tables, in task context).
 *
 * References: Intel SDM vol. 3A, 4.5 "4-Level Paging and 5-Level Paging", tables 4-15 to 4-20.
 */
#include <tenorite/mm/mapper_core.h>
#include <tenorite/mm/mapper_memory.h>

#include "mm/mapper_entry.h"

/* How far a walk came. */
struct walk {
    uint64_t table; /* the deepest table on the way */
    uint64_t entry; /* the entry in it that stopped the walk; unused if the walk reached its level */
    int level;      /* of the table */
    enum map_error error;
};

/* The missing tables of one path; 0 is none. */
struct chain {
    uint64_t lowest, middle, highest;
};

/* One level of a walk: from the table at `level` to the one below; stays where the walk has stopped already. */
ALWAYS_INLINE struct walk step(const struct mapper *mapper, struct walk above, uint64_t page, int level)
{
    if (above.error != MAP_OK || above.level != level)
        return above;
    uint64_t entry = mapper_entry_read(mapper, above.table, index_at(page, level));
    if (entry == 0)
        return above;
    enum map_error state = branch_state(mapper, entry, level);
    if (state != MAP_OK)
        return (struct walk){above.table, entry, level, state};
    return (struct walk){entry_frame(entry), entry, level - 1, MAP_OK};
}

/* Walks to the table that holds the entries for pages of `level`, or as far as tables exist. */
ALWAYS_INLINE struct walk walk_to(const struct mapper *mapper, uint64_t page, int level)
{
    struct walk walk = {mapper->root, 0, 4, MAP_OK};
    walk = step(mapper, walk, page, 4);
    if (level < 3)
        walk = step(mapper, walk, page, 3);
    if (level < 2)
        walk = step(mapper, walk, page, 2);
    return walk;
}

/* The same, but stops at a table whose link has other permissions than M4 says. */
ALWAYS_INLINE struct walk step_owned(const struct mapper *mapper, struct walk above, uint64_t page, int level)
{
    struct walk below = step(mapper, above, page, level);
    if (below.error != MAP_OK || below.level == above.level)
        return below;
    if (below.entry % TABLE_PERMISSIONS != table_flags_above(page) || entry_is_no_execute(below.entry))
        return (struct walk){above.table, below.entry, level, MAP_FOREIGN_TABLE};
    return below;
}

ALWAYS_INLINE struct walk walk_owned_to(const struct mapper *mapper, uint64_t page, int level)
{
    struct walk walk = {mapper->root, 0, 4, MAP_OK};
    walk = step_owned(mapper, walk, page, 4);
    if (level < 3)
        walk = step_owned(mapper, walk, page, 3);
    if (level < 2)
        walk = step_owned(mapper, walk, page, 2);
    return walk;
}

/* Of a walk that ended without an error: what it found for the page. */
ALWAYS_INLINE enum map_error found_state(const struct mapper *mapper, struct walk walk, uint64_t page, int level)
{
    if (walk.level != level)
        return MAP_NOT_MAPPED;
    return leaf_state(mapper, mapper_entry_read(mapper, walk.table, index_at(page, level)), level);
}

static void give_back(struct mapper *mapper, struct chain chain)
{
    if (chain.lowest != 0)
        mapper_frame_free(mapper, chain.lowest);
    if (chain.middle != 0)
        mapper_frame_free(mapper, chain.middle);
    if (chain.highest != 0)
        mapper_frame_free(mapper, chain.highest);
}

/* Takes `count` (1..3) tables, or none: then `lowest` is 0. */
static struct chain take_tables(struct mapper *mapper, int count)
{
    struct chain chain = {0, 0, 0};
    chain.lowest = mapper_frame_alloc(mapper);
    if (count > 1 && chain.lowest != 0)
        chain.middle = mapper_frame_alloc(mapper);
    if (count > 2 && chain.middle != 0)
        chain.highest = mapper_frame_alloc(mapper);
    bool is_complete = chain.lowest != 0 && (count < 2 || chain.middle != 0) && (count < 3 || chain.highest != 0);
    if (is_complete)
        return chain;
    give_back(mapper, chain);
    return (struct chain){0, 0, 0};
}

/* The two things an entry can be given: a leaf (or 0), and the link to a table. */
static void write_leaf(struct mapper *mapper, uint64_t table, uint64_t page, int level, uint64_t leaf)
{
    mapper_entry_write(mapper, table, index_at(page, level), leaf);
}

/* The store that changes what a page shows. */
static void replace_leaf(struct mapper *mapper, uint64_t table, uint64_t page, int level, uint64_t leaf)
{
    write_leaf(mapper, table, page, level, leaf);
}

static void link_table(struct mapper *mapper, uint64_t table, uint64_t page, int level, uint64_t below)
{
    mapper_entry_write(mapper, table, index_at(page, level), table_entry(below, page));
    /*@ assert stops2: relinked2{Pre, Here}(table, level, page, below); */
    /*@ assert stops3: relinked3{Pre, Here}(table, level, page, below); */
}

/* A frame becomes a table with one entry. Nobody can find it yet. */
static void begin_with_leaf(struct mapper *mapper, uint64_t table, uint64_t page, int level, uint64_t leaf)
{
    mapper_table_clear(mapper, table);
    /*@ ghost become_table(table, page, level); */
    write_leaf(mapper, table, page, level, leaf);
}

static void begin_with_link(struct mapper *mapper, uint64_t table, uint64_t page, int level, uint64_t below)
{
    mapper_table_clear(mapper, table);
    /*@ ghost become_table(table, page, level); */
    link_table(mapper, table, page, level, below);
    /*@ assert stops2: same_stops2{Pre, Here}; */
    /*@ assert keeps2: level == 2 ==> keeps_fresh{Pre, Here}(below, 1, page); */
    /*@ assert keeps3: level == 3 ==> keeps_fresh{Pre, Here}(below, 2, page); */
}

/* The store that makes a finished table, and what hangs below it, part of the address space. */
static void publish(struct mapper *mapper, uint64_t table, uint64_t page, int level, uint64_t below)
{
    link_table(mapper, table, page, level, below);
    /*@ assert keeps2: level == 2 ==> keeps_fresh{Pre, Here}(below, 1, page); */
    /*@ assert keeps3: level == 3 ==> keeps_fresh{Pre, Here}(below, 2, page); */
    /*@ assert keeps4: level == 4 ==> keeps_fresh{Pre, Here}(below, 3, page); */
}

/* Builds the `count` (1..3) tables that `page` lacks, the lowest with `leaf` in it. Returns the topmost, which nobody can
 * find yet, or 0 and has taken no frame. */
static uint64_t build_tables(struct mapper *mapper, uint64_t page, uint64_t leaf, int level, int count)
{
    struct chain chain = take_tables(mapper, count);
    if (chain.lowest == 0)
        return 0;
    begin_with_leaf(mapper, chain.lowest, page, level, leaf);
    /*@ assert entries: same_table_entries{Pre, Here}; */
    if (count == 1)
        return chain.lowest;
    begin_with_link(mapper, chain.middle, page, level + 1, chain.lowest);
    /*@ assert entries: same_table_entries{Pre, Here}; */
    /*@ assert fresh2: level == 1 ==> fresh(chain.middle, 2, page, 1, leaf); */
    /*@ assert fresh3: level == 2 ==> fresh(chain.middle, 3, page, 2, leaf); */
    /*@ assert stops2: same_stops2{Pre, Here}; */
    /*@ assert stops3: same_stops3{Pre, Here}; */
    /*@ assert stops4: same_stops4{Pre, Here}; */
    if (count == 2)
        return chain.middle;
    begin_with_link(mapper, chain.highest, page, level + 2, chain.middle);
    /*@ assert entries: same_table_entries{Pre, Here}; */
    /*@ assert fresh3: level == 1 ==> fresh(chain.highest, 3, page, 1, leaf); */
    /*@ assert stops2: same_stops2{Pre, Here}; */
    /*@ assert stops3: same_stops3{Pre, Here}; */
    /*@ assert stops4: same_stops4{Pre, Here}; */
    return chain.highest;
}

/* Maps where `count` (1..3) tables are missing below `walk.table`. */
static enum map_error map_with_tables(struct mapper *mapper, struct walk walk, uint64_t page, uint64_t leaf,
                                      int level, int count)
{
    uint64_t top = build_tables(mapper, page, leaf, level, count);
    if (top == 0)
        return MAP_NO_FRAME;
    /*@ assert at2: walk.level == 2 ==> at_table(mapper->root, walk.table, 2, page); */
    /*@ assert at3: walk.level == 3 ==> at_table(mapper->root, walk.table, 3, page); */
    /*@ assert at4: walk.level == 4 ==> at_table(mapper->root, walk.table, 4, page); */
    /*@ assert unseen: unseen{Pre, Here}; */
    publish(mapper, walk.table, page, walk.level, top);
    /*@ assert others2: walk.level == 2 ==> others_unchanged{Pre, Here}(page, level); */
    /*@ assert others3: walk.level == 3 ==> others_unchanged{Pre, Here}(page, level); */
    /*@ assert others4: walk.level == 4 ==> others_unchanged{Pre, Here}(page, level); */
    /*@ assert shows2: walk.level == 2 ==> shows(mapper->root, page, level, leaf); */
    /*@ assert shows3: walk.level == 3 ==> shows(mapper->root, page, level, leaf); */
    /*@ assert shows4: walk.level == 4 ==> shows(mapper->root, page, level, leaf); */
    return MAP_OK;
}

ALWAYS_INLINE enum map_error map(struct mapper *mapper, uint64_t page, uint64_t frame, uint64_t flags, int level)
{
    if (level == 3 && !mapper->has_1g_pages)
        return MAP_SIZE_NOT_SUPPORTED;
    if (frame >= mapper->frame_limit)
        return MAP_FRAME_TOO_HIGH;
    enum map_error allowed = check_flags(page, flags);
    if (allowed != MAP_OK)
        return allowed;
    struct walk walk = walk_owned_to(mapper, page, level);
    if (walk.error != MAP_OK)
        return walk.error;
    enum map_error found = found_state(mapper, walk, page, level);
    if (found != MAP_NOT_MAPPED)
        return found == MAP_OK ? MAP_ALREADY_MAPPED : found;
    /*@ assert vacant: vacant(mapper->root, page, level); */
    uint64_t leaf = leaf_entry(frame, usable_flags(mapper, flags), level);
    /*@ assert leaf: maps(mapper, leaf, level, frame, flags); */
    if (walk.level != level)
        return map_with_tables(mapper, walk, page, leaf, level, walk.level - level);
    replace_leaf(mapper, walk.table, page, level, leaf);
    return MAP_OK;
}

ALWAYS_INLINE enum map_error update(struct mapper *mapper, uint64_t page, uint64_t flags, int level)
{
    enum map_error allowed = check_flags(page, flags);
    if (allowed != MAP_OK)
        return allowed;
    struct walk walk = walk_owned_to(mapper, page, level);
    if (walk.error != MAP_OK)
        return walk.error;
    enum map_error found = found_state(mapper, walk, page, level);
    if (found != MAP_OK)
        return found;
    uint64_t old = mapper_entry_read(mapper, walk.table, index_at(page, level));
    uint64_t leaf = leaf_entry(leaf_frame(old, level), usable_flags(mapper, flags), level);
    /*@ assert leaf: maps(mapper, leaf, level, leaf_frame_of(old, level), flags); */
    /*@ assert before: shows(mapper->root, page, level, old); */
    replace_leaf(mapper, walk.table, page, level, leaf);
    return MAP_OK;
}

ALWAYS_INLINE struct mapper_removal unmap(struct mapper *mapper, uint64_t page, int level)
{
    struct walk walk = walk_to(mapper, page, level);
    if (walk.error != MAP_OK)
        return (struct mapper_removal){0, walk.error};
    enum map_error found = found_state(mapper, walk, page, level);
    if (found != MAP_OK)
        return (struct mapper_removal){0, found};
    uint64_t old = mapper_entry_read(mapper, walk.table, index_at(page, level));
    /*@ assert before: shows(mapper->root, page, level, old); */
    replace_leaf(mapper, walk.table, page, level, 0);
    return (struct mapper_removal){leaf_frame(old, level), MAP_OK};
}

enum map_error mapper_core_map_4k(struct mapper *mapper, uint64_t page, uint64_t frame, uint64_t flags)
{
    return map(mapper, page, frame, flags, 1);
}

enum map_error mapper_core_map_2m(struct mapper *mapper, uint64_t page, uint64_t frame, uint64_t flags)
{
    return map(mapper, page, frame, flags, 2);
}

enum map_error mapper_core_map_1g(struct mapper *mapper, uint64_t page, uint64_t frame, uint64_t flags)
{
    return map(mapper, page, frame, flags, 3);
}

enum map_error mapper_core_update_4k(struct mapper *mapper, uint64_t page, uint64_t flags)
{
    return update(mapper, page, flags, 1);
}

enum map_error mapper_core_update_2m(struct mapper *mapper, uint64_t page, uint64_t flags)
{
    return update(mapper, page, flags, 2);
}

enum map_error mapper_core_update_1g(struct mapper *mapper, uint64_t page, uint64_t flags)
{
    return update(mapper, page, flags, 3);
}

struct mapper_removal mapper_core_unmap_4k(struct mapper *mapper, uint64_t page)
{
    return unmap(mapper, page, 1);
}

struct mapper_removal mapper_core_unmap_2m(struct mapper *mapper, uint64_t page)
{
    return unmap(mapper, page, 2);
}

struct mapper_removal mapper_core_unmap_1g(struct mapper *mapper, uint64_t page)
{
    return unmap(mapper, page, 3);
}

/* The entry that stopped the walk at a large page, or the one the walk led to. */
struct mapper_translation mapper_core_translate(const struct mapper *mapper, uint64_t page)
{
    struct walk walk = walk_to(mapper, page, 1);
    if (walk.error == MAP_OK && walk.level != 1)
        return (struct mapper_translation){0, walk.level, MAP_NOT_MAPPED};
    if (walk.error == MAP_OK)
        walk.entry = mapper_entry_read(mapper, walk.table, index_at(page, 1));
    else if (walk.error != MAP_INSIDE_HUGE_PAGE)
        return (struct mapper_translation){0, walk.level, walk.error};
    return (struct mapper_translation){walk.entry, walk.level, leaf_state(mapper, walk.entry, walk.level)};
}

uint64_t mapper_core_leaf_frame(uint64_t entry, int level)
{
    return leaf_frame(entry, level);
}

uint64_t mapper_core_leaf_flags(uint64_t entry, int level)
{
    return leaf_flags(entry, level);
}

uint64_t mapper_core_table_flags(uint64_t page)
{
    return table_flags_above(page);
}
