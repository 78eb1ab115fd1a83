/* SPDX-License-Identifier: MIT */
/* Frames side by side: runs that suit a device, and ranges that somebody asks for by address. */
#include "mm/frames_areas.h"

#include <tenorite/arch/interrupts.h>
#include <tenorite/lib/panic.h>

/* The first frame of the lowest run of `count` free frames whose first is a multiple of `step`, a power of two, and
 * whose last is below `end`; or `end`. */
static uint64_t find_run(const struct frames *frames, uint64_t count, uint64_t step, uint64_t end)
{
    for (uint64_t first = 0;;) {
        first = bits_find_set(frames->free, first, end);
        first = (first + step - 1) & ~(step - 1);
        if (first >= end || count > end - first)
            return end;
        uint64_t used = bits_find_clear(frames->free, first, first + count);
        if (used == first + count)
            return first;
        first = used + 1;
    }
}

static struct frame_allocation_4k take_run(struct frames *frames, uint64_t count, uint64_t step, uint64_t end)
{
    if (end > frames->limit)
        end = frames->limit;
    uint64_t first = find_run(frames, count, step, end);
    if (first == end)
        return (struct frame_allocation_4k){.is_valid = false};
    frames_close(frames);
    frames_mark_used(frames, first, first + count);
    return (struct frame_allocation_4k){true, {{first * PAGE_4K_BYTES}}};
}

struct frame_allocation_4k frames_alloc_run(struct frames *frames, struct frames_request request)
{
    ASSERT(!interrupts_in_handler(), "frame allocation in an interrupt handler");
    ASSERT(request.count > 0, "a run of no frames");
    ASSERT((request.alignment_bytes & (request.alignment_bytes - 1)) == 0, "alignment to %llu bytes",
           (unsigned long long)request.alignment_bytes);
    uint64_t step = request.alignment_bytes < PAGE_4K_BYTES ? 1 : request.alignment_bytes / PAGE_4K_BYTES;
    return take_run(frames, request.count, step, request.below == 0 ? UINT64_MAX : request.below / PAGE_4K_BYTES);
}

/* The frame that any other caller would be given may lie anywhere; it is cheap to look. */
struct frame_allocation_4k frames_alloc_4k_below(struct frames *frames, uint64_t below)
{
    uint64_t lowest_free_count = frames->lowest_free_count;
    struct frame_allocation_4k allocation = frames_alloc_4k(frames);
    if (!allocation.is_valid || frame_4k_number(allocation.frame) < below / PAGE_4K_BYTES)
        return allocation;
    frames_free_4k(frames, allocation.frame);
    frames->lowest_free_count = lowest_free_count; /* nobody was given that frame */
    return take_run(frames, 1, 1, below / PAGE_4K_BYTES);
}

void frames_free_run(struct frames *frames, frame_4k frame, uint64_t count)
{
    unsigned long long start = frame.start.value;
    uint64_t first = frame_4k_number(frame);
    ASSERT(!interrupts_in_handler(), "frame %#llx freed in an interrupt handler", start);
    ASSERT(frame_4k_can_start_at(frame.start), "frame %#llx is misaligned", start);
    ASSERT(first <= frames->limit && count <= frames->limit - first, "%llu frames at %#llx: foreign from %#llx on",
           (unsigned long long)count, start, (unsigned long long)frames->limit * PAGE_4K_BYTES);
    uint64_t foreign = bits_find_clear(frames->managed, first, first + count);
    ASSERT(foreign == first + count, "%llu frames at %#llx: %#llx is foreign", (unsigned long long)count, start,
           (unsigned long long)foreign * PAGE_4K_BYTES);
    uint64_t free = bits_find_set(frames->free, first, first + count);
    ASSERT(free == first + count, "%llu frames at %#llx: %#llx is free already", (unsigned long long)count, start,
           (unsigned long long)free * PAGE_4K_BYTES);
    frames_close(frames);
    frames_mark_free(frames, first, first + count);
}

enum frames_error frames_reserve(struct frames *frames, struct region range)
{
    ASSERT(!interrupts_in_handler(), "frames reserved in an interrupt handler");
    if (range.end <= range.start)
        return FRAMES_EMPTY_RANGE;
    uint64_t first = range.start / PAGE_4K_BYTES, end = (range.end - 1) / PAGE_4K_BYTES + 1;
    if (end > frames->limit || bits_find_clear(frames->managed, first, end) != end)
        return FRAMES_FOREIGN;
    if (bits_find_clear(frames->free, first, end) != end)
        return FRAMES_IN_USE;
    frames_close(frames);
    frames_mark_used(frames, first, end);
    return FRAMES_OK;
}
