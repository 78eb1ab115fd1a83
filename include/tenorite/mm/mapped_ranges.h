/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/mm/mapper.h>

/*
 * What an address space shows, as few ranges as possible, in ascending order:
 *
 *     struct mapped_range range;
 *     for (struct mapped_ranges at = mapped_ranges(&space.mapper); mapped_ranges_next(&at, &range);)
 *         ...
 *
 * It reads tables and nothing else, so the space may be in use; entries that change meanwhile may be seen as they were
 * or as they are. Task context or early boot.
 */
struct mapped_ranges {
    const struct mapper *mapper;
    uint64_t next_page, end_page; /* page numbers, see mapper_core.h */
    uint64_t entries_left;
};

/*
 * Pages that follow each other, of the same size, with the same flags, that show frames that follow each other. Ranges
 * do not reach from one half of the address space into the other.
 *
 * `error` is MAP_OK; or says why this is no mapping, and only `start` and `length_bytes` mean anything:
 * MAP_MARKED_NOT_PRESENT, somebody's markers; MAP_DAMAGED_TABLE, what hangs below an entry that no CPU should meet, or
 * all the rest of that half, where there are more entries than the tables of sound memory can have (tables that
 * lead to each other).
 */
struct mapped_range {
    virt_addr start;
    uint64_t length_bytes;
    phys_addr physical_start;
    page_flags flags; /* without ACCESSED and DIRTY, which the CPU sets page by page */
    enum page_size size;
    enum map_error error;
};

/* All of the address space; only the lower half. */
struct mapped_ranges mapped_ranges(const struct mapper *mapper);
struct mapped_ranges mapped_ranges_of_lower_half(const struct mapper *mapper);

/* Sets *range to the next range; false, and *range as it was, if there is none. Linear in the range's pages and in the
 * entries that are skipped; all calls together look at no more than 1024 entries for each frame of the mapper's
 * frame source. */
bool mapped_ranges_next(struct mapped_ranges *at, struct mapped_range *range) MUST_CHECK;

enum { MAPPED_RANGE_TEXT_BYTES = 224 };

/* Writes `range` as one line without a line feed: first and last address, length, page size, physical address, flags by
 * name but for PRESENT. At most `capacity` bytes with the closing NUL; MAPPED_RANGE_TEXT_BYTES are enough. */
void mapped_range_format(const struct mapped_range *range, char *text, size_t capacity);
