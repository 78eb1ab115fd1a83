/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/mm/page.h>
#include <tenorite/mm/region.h>

/*
 * The owner of physical memory: hands out frames of 4 KiB, 2 MiB and 1 GiB and runs of frames, and takes them back.
 *
 * Ownership is kept for each 4 KiB: what was taken at once may be given back in parts and the other way round, as long
 * as all of it is in use. What is free already, in part even, or never belonged to the allocator, panics when it is
 * given back. Frame 0 is never handed out. The content of what is handed out is not defined.
 *
 * All calls: task context or early boot, one CPU at a time, not from interrupt handlers.
 *
 * Cost, in steps of a few loads and stores; L = 1 up to 64 GiB of memory, 2 up to 4 TiB, 3 up to 256 TiB, at most 4:
 *
 *     4K, common case      1 step: taken out of the 64 frames that the last one came from, or given back to them
 *     4K, worst case       18 + 4 L steps to take, 2 + 3 L to give back
 *     2M                   at most 20 + 7 L steps to take, 28 + 6 L to give back
 *     1G                   at most 2^13 + 2^11 L steps to take, 2^14 + 2^11 L to give back: it has 2^12 words of bits
 *     run of n frames      n / 64 + n / 512 (4 + 3 L) steps to take, as many to give back; to find it, a step for each
 *                          64 frames below its end as a rule, for each 2 in the worst case (every other frame free)
 */
enum { FRAMES_SET_MAX_LEVELS = 4 }; /* 64 to the 4 is 2^52 bytes in GiB, four times */

/* A set of numbers; see frames_areas.h for it and all that follows. */
struct frames_set {
    uint64_t *levels[FRAMES_SET_MAX_LEVELS];
    unsigned level_count;
    uint64_t count;
};

struct frames_area_1g {
    uint16_t partial_count;
    uint16_t whole_count;
};

enum frames_set_kind { FRAMES_WITH_PARTIAL_2M, FRAMES_WITH_SOME_WHOLE_2M, FRAMES_WHOLE_1G, FRAMES_SET_COUNT };

struct frames {
    uint64_t *free;
    uint64_t *managed;
    uint64_t open;
    uint64_t limit;
    uint64_t free_count;
    uint64_t lowest_free_count;
    uint64_t total_count;
    uint64_t whole_2m_count;
    uint16_t *free_in_2m;
    uint64_t *partial_2m;
    uint64_t *whole_2m;
    struct frames_area_1g *areas_1g;
    struct frames_set sets[FRAMES_SET_COUNT];
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
 * Linear in the memory's size: a step for each 64 frames. */
void frames_init(struct frames *frames, void *storage, size_t storage_bytes, const struct region_list *usable);

struct NODISCARD frame_allocation_4k {
    bool is_valid; /* false: no frame is free */
    frame_4k frame;
};

struct NODISCARD frame_allocation_2m {
    bool is_valid; /* false: no such frame is wholly free */
    frame_2m frame;
};

struct NODISCARD frame_allocation_1g {
    bool is_valid; /* false: no such frame is wholly free */
    frame_1g frame;
};

/* Takes a free frame. Out of memory that is in use in part, if there is any, so that larger frames stay whole; among
 * equals the lowest. A new allocator hands out frames from the lowest up where all of memory is one region. */
struct frame_allocation_4k frames_alloc_4k(struct frames *frames);
struct frame_allocation_2m frames_alloc_2m(struct frames *frames);
struct frame_allocation_1g frames_alloc_1g(struct frames *frames);

/* Takes a free frame that ends at or below the physical address `below`: what frames_alloc_4k() gives, if that is one,
 * and otherwise the lowest, with the cost of a run. For page tables, which have to lie in the window onto memory. */
struct frame_allocation_4k frames_alloc_4k_below(struct frames *frames, uint64_t below);

/* Gives `frame` back. One that is misaligned, free already (all of it or a part) or that never belonged to `frames`
 * panics. */
void frames_free_4k(struct frames *frames, frame_4k frame);
void frames_free_2m(struct frames *frames, frame_2m frame);
void frames_free_1g(struct frames *frames, frame_1g frame);

/* Frames side by side, as devices want them that read and write memory themselves. */
struct frames_request {
    uint64_t count;           /* frames of 4 KiB, at least one */
    uint64_t alignment_bytes; /* of the first frame: a power of two; up to 4096 it asks for nothing */
    uint64_t below;           /* physical address that the run ends at or below; 0: no matter where */
};

/* Takes the lowest run that suits; its first frame is the result. Invalid: there is none; nothing has changed. */
struct frame_allocation_4k frames_alloc_run(struct frames *frames, struct frames_request request);

/* Gives `count` frames from `first` on back, 0 of them or more: as frames_free_4k() of each. */
void frames_free_run(struct frames *frames, frame_4k first, uint64_t count);

enum NODISCARD frames_error {
    FRAMES_OK,
    FRAMES_EMPTY_RANGE, /* its end is not above its start */
    FRAMES_FOREIGN,     /* a part of it does not belong to the allocator */
    FRAMES_IN_USE,      /* all of it does, but a part is not free */
};

/* Takes every frame that `range`, of physical addresses, touches, as if it had been allocated; frames_free_run() gives
 * it back. On an error nothing has changed. */
enum frames_error frames_reserve(struct frames *frames, struct region range);

struct frames_statistics {
    uint64_t total_count; /* frames of 4 KiB owned, free or not */
    uint64_t free_count;
    uint64_t peak_used_count; /* the most that were in use at once */
    uint64_t free_2m_count;   /* frames of 2 MiB that are wholly free, those inside free ones of 1 GiB included */
    uint64_t free_1g_count;
};

/* 1 step. */
struct frames_statistics frames_statistics(const struct frames *frames);

/* Verifies the invariants of frames_areas.h and of what `frames` points to. Returns NULL, or the violated one in words.
 * Linear in the memory's size; for tests and for debugging. */
const char *frames_check(const struct frames *frames) MUST_CHECK;
