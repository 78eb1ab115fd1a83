/* SPDX-License-Identifier: MIT */
/*
 * Tables, when an address space ends.
 *
 * To give a table back twice, or one that is free, would be noticed by the frame allocator, too late: by a panic, with half
 * of the tables gone. So they are looked at first. A table is marked when it is met, by a bit in its first entry that the
 * CPU ignores and that the mapper never sets (it refuses flags without a name); one that is met with its mark hangs in two
 * places. No table is entered twice, whatever leads where. Then the marks are taken away, on the same way.
 *
 * References: Intel SDM vol. 3A, tables 4-15 to 4-20: bits 52 to 58 are ignored in every entry.
 */
#include "mm/address_space_tables.h"

#include <tenorite/mm/frames.h>

#include "mm/mapper_walk.h"

#define MARK_BIT (1ull << 52)

static bool is_marked(const struct mapper *mapper, uint64_t table)
{
    return (mapper_entry_read(mapper, table, 0) & MARK_BIT) != 0;
}

static void toggle_mark(struct mapper *mapper, uint64_t table)
{
    mapper_entry_write(mapper, table, 0, mapper_entry_read(mapper, table, 0) ^ MARK_BIT);
}

/* Only a frame that is in use cannot be reserved because of that. */
static bool was_handed_out(struct frames *frames, uint64_t frame)
{
    uint64_t start = frame * PAGE_4K_BYTES;
    enum frames_error error = frames_reserve(frames, region_new(start, PAGE_4K_BYTES));
    if (error == FRAMES_OK)
        frames_free_4k(frames, frame_4k_at(phys_addr_new(start)));
    return error == FRAMES_IN_USE;
}

/* The table that an entry of `table`, at `level`, leads to, or 0. */
static uint64_t table_below(const struct mapper *mapper, uint64_t table, int level, uint64_t index)
{
    uint64_t entry = mapper_entry_read(mapper, table, index);
    return level > 1 && entry != 0 && branch_state(mapper, entry, level) == MAP_OK ? entry_frame(entry) : 0;
}

/* Marks `table`, which stands for the addresses from `page` on, and what is below it, up to the first that is not sound. */
static struct tables_check mark(struct mapper *mapper, uint64_t table, int level, uint64_t page)
{
    if (!was_handed_out(mapper->frames, table) || is_marked(mapper, table))
        return (struct tables_check){false, level, {page * PAGE_4K_BYTES}};
    toggle_mark(mapper, table);
    struct tables_check check = {.is_sound = true};
    uint64_t end = level == 4 ? FIRST_KERNEL_ENTRY : PAGE_TABLE_ENTRIES;
    for (uint64_t i = 0; i < end && check.is_sound; i++) {
        uint64_t below = table_below(mapper, table, level, i);
        if (below != 0)
            check = mark(mapper, below, level - 1, page + i * pages_of_entry(level));
    }
    return check;
}

/* Takes the marks away, in the same order, up to what mark() refused: a bit that was there before is no mark. */
static bool unmark(struct mapper *mapper, uint64_t table, int level, uint64_t page, const struct tables_check *check)
{
    if (!check->is_sound && page * PAGE_4K_BYTES == check->address.value && level == check->level)
        return false;
    toggle_mark(mapper, table);
    bool goes_on = true;
    uint64_t end = level == 4 ? FIRST_KERNEL_ENTRY : PAGE_TABLE_ENTRIES;
    for (uint64_t i = 0; i < end && goes_on; i++) {
        uint64_t below = table_below(mapper, table, level, i);
        if (below != 0)
            goes_on = unmark(mapper, below, level - 1, page + i * pages_of_entry(level), check);
    }
    return goes_on;
}

struct tables_check address_space_tables_check(struct mapper *mapper)
{
    struct tables_check check = mark(mapper, mapper->root, 4, 0);
    (void)unmark(mapper, mapper->root, 4, 0, &check);
    return check;
}

static void free_below(struct mapper *mapper, uint64_t table, int level, uint64_t first, uint64_t end)
{
    for (uint64_t i = first; i < end; i++) {
        uint64_t below = table_below(mapper, table, level, i);
        if (below != 0)
            free_below(mapper, below, level - 1, 0, PAGE_TABLE_ENTRIES);
    }
    mapper_frame_free(mapper, table);
}

void address_space_tables_free(struct mapper *mapper, uint64_t first, uint64_t end)
{
    free_below(mapper, mapper->root, 4, first, end);
}
