/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/mm/page.h>
#include <tenorite/mm/region.h>

/*
 * The owner of physical memory: hands out frames and takes them back.
 *
 * All calls: task context or early boot, one CPU at a time, not from interrupt handlers. Frame 0 is never handed out.
 */
enum { FRAMES_MAX_LEVELS = 7 }; /* 64 to the 7 is more than 2^40 frames */

struct frames {
    uint64_t *free[FRAMES_MAX_LEVELS]; /* see frames.c */
    uint64_t *managed;
    unsigned level_count;
    uint64_t limit;
    uint64_t total_count;
    uint64_t free_count;
};

/* Bytes of bookkeeping for memory that ends at physical address `end`: about 1/16000 of it. */
size_t frames_storage_bytes(uint64_t end);

struct NODISCARD frames_storage {
    uint64_t start; /* physical, page aligned; 0: no region has room */
    uint64_t length_bytes;
};

/* Takes room for the bookkeeping out of `usable`, below the physical address `below` (the early boot tables show only
 * a part of memory), as low as possible but not at 0. If there is no room, `usable` is unchanged. */
struct frames_storage frames_carve_storage(struct region_list *usable, uint64_t below);

/* Makes `frames` the owner of `usable`: whole pages only, below 2^52. `storage`, 8-byte aligned, has
 * frames_storage_bytes(end of the last region) bytes, lies outside `usable`, and belongs to `frames` from now on.
 * Linear in the memory's size. */
void frames_init(struct frames *frames, void *storage, size_t storage_bytes, const struct region_list *usable);

struct NODISCARD frame_allocation_4k {
    bool is_valid; /* false: no frame is free */
    frame_4k frame;
};

/* Takes the lowest free frame; its content is not defined. Constant time: one step for each factor of 64 that memory
 * has frames. */
struct frame_allocation_4k frames_alloc_4k(struct frames *frames);

/* Gives `frame` back. Constant time. A frame that is free already, or never belonged to `frames`, panics. */
void frames_free_4k(struct frames *frames, frame_4k frame);

struct frames_statistics {
    uint64_t total_count; /* frames owned, free or not */
    uint64_t free_count;
};

struct frames_statistics frames_statistics(const struct frames *frames);
