/* SPDX-License-Identifier: MIT */
/*
 * Takes empty tables away.
 *
 * One pass looks for damage and changes nothing. Then one pass for each level, from the lowest up, visits the tables of
 * that level and unlinks those without an entry; a table that lost its last one is found by the pass for its own level.
 * A pass jumps over everything that an entry above leaves out, and needs neither recursion nor a stack. Page numbers
 * have no hole where addresses have one.
 *
 * Invariants
 *   M8  A table that is unlinked has no entry: no translation and no marker is lost.
 *   M9  The frame of a table goes back only when the token is consumed. Until then its one entry in use is the list's
 *       link, which a CPU that finds the table in its caches takes for a page that is not present.
 *   M10 A table that hangs in two places, which no mapper makes, goes back once, and both links are taken away.
 *
 * References: Intel SDM vol. 3A, 4.10.3 "Paging-Structure Caches": why even an empty table has to be flushed.
 */
#include <tenorite/lib/panic.h>
#include <tenorite/mm/mapper.h>

#include "mm/mapper_walk.h"

#define LAST_PAGE (2 * FIRST_KERNEL_PAGE - 1)

struct page_span {
    uint64_t first, last;
};

/* The first page behind what the entry that ended the walk stands for. */
static uint64_t page_behind(uint64_t page, int level)
{
    return page - page % pages_of_entry(level) + pages_of_entry(level);
}

static bool is_empty(const struct mapper *mapper, uint64_t table)
{
    for (uint64_t i = 0; i < PAGE_TABLE_ENTRIES; i++) {
        if (mapper_entry_read(mapper, table, i) != 0)
            return false;
    }
    return true;
}

static enum map_error look_for_damage(const struct mapper *mapper, struct page_span span)
{
    int level;
    for (uint64_t page = span.first; page <= span.last; page = page_behind(page, level)) {
        struct table_walk walk = walk_down(mapper, page, 1);
        if (walk.error == MAP_DAMAGED_TABLE)
            return MAP_DAMAGED_TABLE;
        level = walk.level == 1 ? 2 : walk.level;
    }
    return MAP_OK;
}

/* Unlinks the empty tables at `level`. The entry for a table is in the table above. */
static void unlink_empty(struct mapper *mapper, struct page_span span, int level, uint64_t *unlinked)
{
    int at;
    for (uint64_t page = span.first; page <= span.last; page = page_behind(page, at)) {
        struct table_walk walk = walk_down(mapper, page, level + 1);
        at = walk.level;
        if (walk.level != level + 1 || walk.is_foreign || !is_owned_link(mapper, walk.entry, page) ||
            branch_state(mapper, walk.entry, walk.level) != MAP_OK)
            continue;
        uint64_t table = entry_frame(walk.entry);
        bool is_listed = table_is_listed(mapper, table);
        if (!is_listed && !is_empty(mapper, table))
            continue;
        mapper_entry_write(mapper, walk.table, index_at(page, level + 1), 0);
        if (!is_listed)
            table_list_push(mapper, unlinked, table);
    }
}

static enum map_error clean_up_span(struct mapper *mapper, struct page_span span, enum kernel_tables kernel,
                                    uint64_t *unlinked)
{
    enum map_error error = look_for_damage(mapper, span);
    if (error != MAP_OK)
        return error;
    unlink_empty(mapper, span, 1, unlinked);
    unlink_empty(mapper, span, 2, unlinked);
    if (kernel == KERNEL_TABLES_SHARED && span.last >= FIRST_KERNEL_PAGE)
        span.last = FIRST_KERNEL_PAGE - 1;
    unlink_empty(mapper, span, 3, unlinked);
    return MAP_OK;
}

FLUSH_ALL_FUNCTION(clean_up, struct mapper *mapper, page_range_4k pages, enum kernel_tables kernel)
{
    ASSERT(virt_addr_is_canonical(pages.first.start.value) && page_4k_can_start_at(pages.first.start),
           "range from %#llx", (unsigned long long)pages.first.start.value);
    uint64_t first = mapper_page_number(pages.first.start);
    uint64_t unlinked = 0;
    enum map_error error = MAP_BAD_RANGE;
    if (pages.count > 0 && pages.count - 1 <= LAST_PAGE - first)
        error = clean_up_span(mapper, (struct page_span){first, first + pages.count - 1}, kernel, &unlinked);
    return all_token_new(mapper, unlinked, error);
}

FLUSH_ALL_FUNCTION(clean_up_all, struct mapper *mapper, enum kernel_tables kernel)
{
    return clean_up(mapper, (page_range_4k){{{0}}, LAST_PAGE + 1}, kernel);
}

void mapper_free_unlinked_tables(struct mapper *mapper, uint64_t first)
{
    table_list_free(mapper, first);
}
