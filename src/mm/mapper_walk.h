/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/mm/mapper_memory.h>

#include "mm/mapper_entry.h"

/*
 * What the operations on many pages share: a walk from the root to a table, done once for all of that table's entries,
 * and lists of tables that no table refers to. The walk is a loop here, as it is not in mapper_core.c: it costs nothing
 * that counts beside 512 entries, and no proof has to unroll it.
 */
struct table_walk {
    uint64_t table;       /* the deepest on the way to the page that exists */
    uint64_t entry;       /* its entry for the page */
    int level;            /* of that table; at least the level that was asked for */
    enum map_error error; /* why the entry, which is not 0, leads to no table; MAP_OK at the level asked for */
    bool is_foreign;      /* a table on the way is linked as this mapper links none (M4) */
};

/* How many 4 KiB pages an entry of a table at `level` (1..4) stands for. */
ALWAYS_INLINE uint64_t pages_of_entry(int level)
{
    return level == 4 ? PAGES_512G : pages_at(level);
}

/* Whether the mapper would have linked a table so. It never links the root: what is found through a root that refers
 * to itself are tables again, at other levels than their own. */
ALWAYS_INLINE bool is_owned_link(const struct mapper *mapper, uint64_t entry, uint64_t page)
{
    return entry % TABLE_PERMISSIONS == table_flags_above(page) && !entry_is_no_execute(entry) &&
           entry_frame(entry) != mapper->root;
}

/* Walks towards the table at `level` that has the entry for `page`, as far as tables exist. */
ALWAYS_INLINE MUST_CHECK struct table_walk walk_down(const struct mapper *mapper, uint64_t page, int level)
{
    struct table_walk walk = {mapper->root, 0, 4, MAP_OK, false};
    for (;;) {
        walk.entry = mapper_entry_read(mapper, walk.table, index_at(page, walk.level));
        if (walk.level == level || walk.entry == 0)
            return walk;
        walk.error = branch_state(mapper, walk.entry, walk.level);
        if (walk.error != MAP_OK)
            return walk;
        walk.is_foreign = walk.is_foreign || !is_owned_link(mapper, walk.entry, page);
        walk.table = entry_frame(walk.entry);
        walk.level--;
    }
}

/*
 * A list of tables, named by the first (0: empty), goes through their first entries. The link has the form of an entry
 * that is not present: a CPU that still finds such a table in its caches finds nothing in it. It also has a bit that no
 * entry of the mapper has: a table that is in a list is known by it.
 */
#define LISTED_BIT FIRST_FLAG_ABOVE_FRAME

ALWAYS_INLINE void table_list_push(struct mapper *mapper, uint64_t *first, uint64_t table)
{
    mapper_entry_write(mapper, table, 0, LISTED_BIT + *first * FRAME_FACTOR);
    *first = table;
}

ALWAYS_INLINE MUST_CHECK bool table_is_listed(const struct mapper *mapper, uint64_t table)
{
    uint64_t link = mapper_entry_read(mapper, table, 0);
    return link % 2u == 0 && link / LISTED_BIT == 1u;
}

ALWAYS_INLINE MUST_CHECK uint64_t table_list_pop(struct mapper *mapper, uint64_t *first)
{
    uint64_t table = *first;
    *first = entry_frame(mapper_entry_read(mapper, table, 0));
    return table;
}

/* Frees them all. They are in no CPU's caches any more. */
ALWAYS_INLINE void table_list_free(struct mapper *mapper, uint64_t first)
{
    while (first != 0)
        mapper_frame_free(mapper, table_list_pop(mapper, &first));
}
