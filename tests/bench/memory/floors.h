/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/mm/frames.h>
#include <tenorite/mm/heap.h>

/*
 * What cannot be undercut, or what a careful programmer writes by hand: the floors that figures are divided by. Compiled
 * with the same flags as the library, called in the same way.
 */

/* Page tables edited by hand, with the checks of the mapper: tables come from a counter, and are never given back. */
struct floor_mapper {
    uint64_t (*tables)[512]; /* [frame][entry] */
    uint64_t table_limit;
    uint64_t frame_limit;
    uint64_t root;
    uint64_t next_table;
};

enum floor_error { FLOOR_OK, FLOOR_REFUSED };

enum floor_error floor_map(struct floor_mapper *mapper, uint64_t page, uint64_t frame, uint64_t flags) MUST_CHECK;

struct NODISCARD floor_removal {
    enum floor_error error;
    uint64_t frame;
};

struct floor_removal floor_unmap(struct floor_mapper *mapper, uint64_t page);

/* Fills `count` tables from `first_table` on with entries for consecutive frames from `frame` on. */
void floor_fill_tables(struct floor_mapper *mapper, uint64_t first_table, uint64_t count, uint64_t frame,
                       uint64_t flags);

/* Four loads, each from where the one before says, and no check. Returns a physical address. */
uint64_t floor_translate(const struct floor_mapper *mapper, uint64_t address);

/* Calls that do nothing. */
struct frame_allocation_4k floor_frame_alloc_4k(struct frames *frames);
struct frame_allocation_2m floor_frame_alloc_2m(struct frames *frames);
void floor_frame_free_4k(struct frames *frames, frame_4k frame);
void floor_frame_free_2m(struct frames *frames, frame_2m frame);
void *floor_block_alloc(size_t size);
void floor_block_free(void *block);
