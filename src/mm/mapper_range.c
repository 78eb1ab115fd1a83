/* SPDX-License-Identifier: MIT */
/*
 * Ranges of pages: mapped, unmapped, and given other flags.
 *
 * A range is cut into pieces. A piece is a run of entries in one table, all for pages of one size; the way to its table
 * is walked once. Every operation goes over the range twice. The first time it looks at all pieces and writes nothing
 * but what is nobody's yet; an error ends it there. The second time it cuts the same pieces, and cannot fail.
 *
 * map_range() takes the largest size that alignment, the CPU, the caller and the tables there allow: where a table for
 * smaller pages is linked already, even an empty one, it is filled with those. The first pass counts the tables that
 * are missing, and takes them before the second begins. A new table that a piece fills is written once, all leaves; one
 * that it does not fill is cleared first; then it is linked.
 *
 * Invariants: M1 to M5 of mapper_core.c, for the range as a whole, and
 *   M6  The tables that the second pass of map_range() takes are as many as the first has counted.
 *   M7  unmap_range() removes no page whose frame is not in the caller's list.
 *
 * It leaves to others what mapper_core.c does. A table that hangs in two places of one range, which no mapper makes, is met
 * by the second pass as the first did not find it: that is a panic, not an endless loop.
 */
#include <tenorite/lib/panic.h>
#include <tenorite/mm/mapper.h>

#include "mm/mapper_walk.h"

#define PAGES_OF_ALL (2 * FIRST_KERNEL_PAGE)

/* Entries of one table; or why there are none. */
struct piece {
    uint64_t table;
    int table_level; /* above `level`: the tables in between are missing */
    int level;       /* of the leaves */
    uint64_t index;  /* of the first entry in the table at `level` */
    uint64_t count;  /* of entries; 0 after an error */
    bool is_foreign; /* one of the tables is: see struct table_walk */
    enum map_error error;
};

/* What is left to map. All numbers are in 4 KiB pages. */
struct span {
    uint64_t page, frame, left;
    int largest_level;
};

static struct piece no_piece(enum map_error error)
{
    return (struct piece){.error = error};
}

static uint64_t piece_pages(struct piece piece)
{
    return piece.count * pages_at(piece.level);
}

/* In a second pass, which cannot fail. */
static void check_second(struct piece piece, uint64_t page)
{
    ASSERT(piece.error == MAP_OK && piece.count > 0, "page %#llx: %d: a table hangs in two places of the range",
           (unsigned long long)page, (int)piece.error);
}

static struct span span_behind(struct span span, struct piece piece)
{
    uint64_t pages = piece_pages(piece);
    return (struct span){span.page + pages, span.frame + pages, span.left - pages, span.largest_level};
}

/* The range has pages, and stays within one half of the address space. */
static enum map_error check_range(page_range_4k pages)
{
    ASSERT(virt_addr_is_canonical(pages.first.start.value) && page_4k_can_start_at(pages.first.start),
           "range from %#llx", (unsigned long long)pages.first.start.value);
    uint64_t page = mapper_page_number(pages.first.start);
    uint64_t end_of_half = is_kernel_half(page) ? PAGES_OF_ALL : FIRST_KERNEL_PAGE;
    return pages.count == 0 || pages.count > end_of_half - page ? MAP_BAD_RANGE : MAP_OK;
}

static bool fits(struct span span, int level)
{
    return span.page % pages_at(level) == 0 && span.frame % pages_at(level) == 0 && span.left >= pages_at(level);
}

static int largest_level(const struct mapper *mapper, enum page_size largest)
{
    switch (largest) {
    case PAGE_SIZE_4K:
        return 1;
    case PAGE_SIZE_2M:
        return 2;
    case PAGE_SIZE_1G:
        return mapper->has_1g_pages ? 3 : 2;
    }
    panic("no such page size: %d", largest);
}

static uint64_t smaller_of(uint64_t left, uint64_t right)
{
    return left < right ? left : right;
}

/* How many of the entries from `index` to before `end` are zero, up to the first that is not. */
static uint64_t count_empty(const struct mapper *mapper, uint64_t table, uint64_t index, uint64_t end)
{
    uint64_t at = index;
    while (at < end && mapper_entry_read(mapper, table, at) == 0)
        at++;
    return at - index;
}

/* What an entry that is in the way of a mapping at its level says. */
static enum map_error occupied(const struct mapper *mapper, uint64_t entry, int level)
{
    enum map_error state = leaf_state(mapper, entry, level);
    return state == MAP_OK ? MAP_ALREADY_MAPPED : state;
}

/* The first piece of what is left to map. */
static struct piece piece_to_map(const struct mapper *mapper, struct span span)
{
    int level = span.largest_level;
    while (!fits(span, level))
        level--;
    struct table_walk walk = walk_down(mapper, span.page, 1);
    if (walk.is_foreign)
        return no_piece(MAP_FOREIGN_TABLE);
    if (walk.error != MAP_OK && (walk.error != MAP_INSIDE_HUGE_PAGE || walk.level > level))
        return no_piece(walk.error);
    if (walk.entry != 0)
        return no_piece(occupied(mapper, walk.entry, walk.level));
    if (walk.level < level)
        level = walk.level;
    uint64_t index = index_at(span.page, level);
    uint64_t end = smaller_of(PAGE_TABLE_ENTRIES, index + span.left / pages_at(level));
    uint64_t count = walk.level == level ? count_empty(mapper, walk.table, index, end) : end - index;
    return (struct piece){walk.table, walk.level, level, index, count, false, MAP_OK};
}

/* The tables that are missing for the piece and were not for the one before it: those that begin with it. */
static uint64_t count_missing(struct piece piece, uint64_t page, bool is_first)
{
    uint64_t count = 0;
    for (int level = piece.level; level < piece.table_level; level++) {
        if (is_first || page % pages_of_entry(level + 1) == 0)
            count++;
    }
    return count;
}

/* Takes as many tables as the range will need; after an error, none. */
static enum map_error prepare(struct mapper *mapper, struct span all, uint64_t *tables)
{
    for (struct span span = all; span.left > 0;) {
        struct piece piece = piece_to_map(mapper, span);
        uint64_t missing = count_missing(piece, span.page, span.left == all.left);
        for (; piece.error == MAP_OK && missing > 0; missing--) {
            uint64_t table = mapper_frame_alloc(mapper);
            if (table == 0)
                piece.error = MAP_NO_FRAME;
            else
                table_list_push(mapper, tables, table);
        }
        if (piece.error != MAP_OK) {
            table_list_free(mapper, *tables);
            return piece.error;
        }
        span = span_behind(span, piece);
    }
    return MAP_OK;
}

static void write_leaves(struct mapper *mapper, uint64_t table, struct piece piece, uint64_t leaf)
{
    uint64_t step = pages_at(piece.level) * FRAME_FACTOR;
    for (uint64_t i = 0; i < piece.count; i++)
        mapper_entry_write(mapper, table, piece.index + i, leaf + i * step);
}

static void begin_table(struct mapper *mapper, uint64_t table, struct piece piece, uint64_t leaf)
{
    if (piece.count == PAGE_TABLE_ENTRIES) {
        mapper_table_fill(mapper, table, leaf, pages_at(piece.level) * FRAME_FACTOR);
        return;
    }
    mapper_table_clear(mapper, table);
    write_leaves(mapper, table, piece, leaf);
}

static void map_piece(struct mapper *mapper, struct piece piece, uint64_t page, uint64_t leaf, uint64_t *tables)
{
    if (piece.table_level == piece.level) {
        write_leaves(mapper, piece.table, piece, leaf);
        return;
    }
    uint64_t below = table_list_pop(mapper, tables);
    begin_table(mapper, below, piece, leaf);
    for (int level = piece.level + 1; level < piece.table_level; level++) {
        uint64_t table = table_list_pop(mapper, tables);
        mapper_table_clear(mapper, table);
        mapper_entry_write(mapper, table, index_at(page, level), table_entry(below, page));
        below = table;
    }
    mapper_entry_write(mapper, piece.table, index_at(page, piece.table_level), table_entry(below, page));
}

static void commit(struct mapper *mapper, struct span span, uint64_t flags, uint64_t tables)
{
    while (span.left > 0) {
        struct piece piece = piece_to_map(mapper, span);
        check_second(piece, span.page);
        map_piece(mapper, piece, span.page, leaf_entry(span.frame, flags, piece.level), &tables);
        span = span_behind(span, piece);
    }
    ASSERT(tables == 0, "table %#llx was counted but not needed", (unsigned long long)tables);
}

static enum map_error map_span(struct mapper *mapper, struct span span, uint64_t flags)
{
    if (span.frame >= mapper->frame_limit || span.left > mapper->frame_limit - span.frame)
        return MAP_FRAME_TOO_HIGH;
    enum map_error error = check_flags(span.page, flags);
    if (error != MAP_OK)
        return error;
    uint64_t tables = 0;
    error = prepare(mapper, span, &tables);
    if (error == MAP_OK)
        commit(mapper, span, usable_flags(mapper, flags), tables);
    return error;
}

MAP_RANGE_FUNCTION(map_range, struct mapper *mapper, page_range_4k pages, frame_4k first, page_flags flags,
                   enum page_size largest)
{
    struct span span = {mapper_page_number(pages.first.start), frame_4k_number(first), pages.count,
                        largest_level(mapper, largest)};
    enum map_error error = check_range(pages);
    if (error == MAP_OK)
        error = map_span(mapper, span, flags.bits);
    return range_token_new(pages.first.start, pages.count, error);
}

/* The first piece of the mapped pages from `page` on, of which only the first `left` matter. */
static struct piece piece_mapped(const struct mapper *mapper, uint64_t page, uint64_t left)
{
    struct table_walk walk = walk_down(mapper, page, 1);
    if (walk.error != MAP_OK && walk.error != MAP_INSIDE_HUGE_PAGE)
        return no_piece(walk.error);
    if (walk.entry == 0)
        return no_piece(MAP_NOT_MAPPED);
    enum map_error state = leaf_state(mapper, walk.entry, walk.level);
    if (state != MAP_OK)
        return no_piece(state);
    uint64_t pages = pages_at(walk.level);
    if (page % pages != 0 || left < pages)
        return no_piece(MAP_INSIDE_HUGE_PAGE);
    uint64_t index = index_at(page, walk.level);
    uint64_t end = smaller_of(PAGE_TABLE_ENTRIES, index + left / pages);
    uint64_t at = index + 1;
    while (at < end && leaf_state(mapper, mapper_entry_read(mapper, walk.table, at), walk.level) == MAP_OK)
        at++;
    return (struct piece){walk.table, walk.level, walk.level, index, at - index, walk.is_foreign, MAP_OK};
}

/* Lists the frames of the piece as far as the list has room; returns how many of its pages that were. */
static uint64_t list_frames(const struct mapper *mapper, struct piece piece, struct frame_list *frames)
{
    uint64_t pages = pages_at(piece.level);
    for (uint64_t i = 0; i < piece.count; i++) {
        uint64_t frame = leaf_frame(mapper_entry_read(mapper, piece.table, piece.index + i), piece.level);
        if (!frame_list_add(frames, (frame_range_4k){{{frame * PAGE_4K_BYTES}}, pages}))
            return i * pages;
    }
    return piece.count * pages;
}

/* How many pages can be unmapped at once: their frames are in the list then. */
static enum map_error list_range(const struct mapper *mapper, uint64_t page, uint64_t count,
                                 struct frame_list *frames, uint64_t *listed)
{
    *listed = 0;
    while (*listed < count) {
        struct piece piece = piece_mapped(mapper, page + *listed, count - *listed);
        if (piece.error != MAP_OK)
            return piece.error;
        uint64_t pages = list_frames(mapper, piece, frames);
        *listed += pages;
        if (pages < piece_pages(piece))
            return MAP_OK;
    }
    return MAP_OK;
}

static void clear_range(struct mapper *mapper, uint64_t page, uint64_t count)
{
    for (uint64_t done = 0; done < count;) {
        struct piece piece = piece_mapped(mapper, page + done, count - done);
        check_second(piece, page + done);
        for (uint64_t i = 0; i < piece.count; i++)
            mapper_entry_write(mapper, piece.table, piece.index + i, 0);
        done += piece_pages(piece);
    }
}

UNMAP_RANGE_FUNCTION(unmap_range, struct mapper *mapper, page_range_4k pages, struct frame_list *frames)
{
    uint64_t page = mapper_page_number(pages.first.start);
    uint64_t listed = 0;
    frame_list_hide(frames);
    enum map_error error = check_range(pages);
    if (error == MAP_OK)
        error = list_range(mapper, page, pages.count, frames, &listed);
    if (error == MAP_OK) {
        clear_range(mapper, page, listed);
        return unmap_token_range_new(pages.first.start, listed, MAP_OK, frames);
    }
    frame_list_hide(frames);
    frame_list_show(frames);
    return unmap_token_range_new(pages.first.start, 0, error, frames);
}

static enum map_error check_update(const struct mapper *mapper, uint64_t page, uint64_t count, uint64_t flags)
{
    enum map_error error = check_flags(page, flags);
    for (uint64_t done = 0; done < count && error == MAP_OK;) {
        struct piece piece = piece_mapped(mapper, page + done, count - done);
        error = piece.is_foreign ? MAP_FOREIGN_TABLE : piece.error;
        done += piece_pages(piece);
    }
    return error;
}

static void update_range(struct mapper *mapper, uint64_t page, uint64_t count, uint64_t flags)
{
    for (uint64_t done = 0; done < count;) {
        struct piece piece = piece_mapped(mapper, page + done, count - done);
        check_second(piece, page + done);
        for (uint64_t i = piece.index; i < piece.index + piece.count; i++) {
            uint64_t frame = leaf_frame(mapper_entry_read(mapper, piece.table, i), piece.level);
            mapper_entry_write(mapper, piece.table, i, leaf_entry(frame, flags, piece.level));
        }
        done += piece_pages(piece);
    }
}

MAP_RANGE_FUNCTION(update_flags_range, struct mapper *mapper, page_range_4k pages, page_flags flags)
{
    uint64_t page = mapper_page_number(pages.first.start);
    enum map_error error = check_range(pages);
    if (error == MAP_OK)
        error = check_update(mapper, page, pages.count, flags.bits);
    if (error == MAP_OK)
        update_range(mapper, page, pages.count, usable_flags(mapper, flags.bits));
    return range_token_new(pages.first.start, pages.count, error);
}
