/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/mm/mapper_core.h>

/*
 * How page tables are reached in memory: all pointers and atomics of the mapper. For src/mm. A table is named by its
 * frame's number, which must be below table_limit. A proof of mapper_core.c puts a header of this name, with contracts
 * in the place of bodies, in front of this one in the include path.
 */

/* The only way from a frame's number to memory. */
ALWAYS_INLINE struct page_table *mapper_table(const struct mapper *mapper, uint64_t frame)
{
    return &mapper->tables[frame];
}

/* Fills a table that is not linked with zeroes. */
ALWAYS_INLINE void mapper_table_clear(struct mapper *mapper, uint64_t table)
{
    struct page_table *unlinked = mapper_table(mapper, table);
    for (uint64_t i = 0; i < PAGE_TABLE_ENTRIES; i++)
        unlinked->entries[i] = 0;
}

/* Fills a table that is not linked: entry i is `first` plus i times `step`. Eight entries a round, because this loop is what
 * mapping a large range costs. */
ALWAYS_INLINE void mapper_table_fill(struct mapper *mapper, uint64_t table, uint64_t first, uint64_t step)
{
    uint64_t *entries = mapper_table(mapper, table)->entries;
    static_assert(PAGE_TABLE_ENTRIES % 8 == 0, "whole rounds");
    for (uint64_t *at = entries; at < entries + PAGE_TABLE_ENTRIES; at += 8, first += 8 * step) {
        at[0] = first;
        at[1] = first + step;
        at[2] = first + 2 * step;
        at[3] = first + 3 * step;
        at[4] = first + 4 * step;
        at[5] = first + 5 * step;
        at[6] = first + 6 * step;
        at[7] = first + 7 * step;
    }
}

/* The only accesses to tables that the CPU may be walking. A write is one store, after all writes that precede it in
 * the program: a table is complete before it can be found. */
ALWAYS_INLINE MUST_CHECK uint64_t mapper_entry_read(const struct mapper *mapper, uint64_t table, uint64_t index)
{
    return __atomic_load_n(&mapper_table(mapper, table)->entries[index % PAGE_TABLE_ENTRIES], __ATOMIC_RELAXED);
}

ALWAYS_INLINE void mapper_entry_write(struct mapper *mapper, uint64_t table, uint64_t index, uint64_t entry)
{
    __atomic_store_n(&mapper_table(mapper, table)->entries[index % PAGE_TABLE_ENTRIES], entry, __ATOMIC_RELEASE);
}
