/* SPDX-License-Identifier: MIT */
/*
 * The frame allocator: single frames of the three sizes. How it finds them: frames_areas.h.
 *
 * Frames of 4 KiB come from memory that is in use in part as long as there is some, and frames of 2 MiB from areas of
 * 1 GiB that are: small requests gather, and large frames survive.
 */
#include "mm/frames_areas.h"

#include <tenorite/arch/interrupts.h>
#include <tenorite/lib/panic.h>
#include <tenorite/lib/text.h>

size_t frames_storage_bytes(uint64_t end)
{
    struct frames frames = {.limit = end / PAGE_4K_BYTES};
    return frames_areas_place(&frames, NULL) * sizeof(uint64_t);
}

struct frames_storage frames_carve_storage(struct region_list *usable, uint64_t below)
{
    if (usable->count == 0)
        return (struct frames_storage){0, 0};
    uint64_t end = usable->regions[usable->count - 1].end;
    uint64_t bytes = (frames_storage_bytes(end) + PAGE_4K_BYTES - 1) / PAGE_4K_BYTES * PAGE_4K_BYTES;
    for (size_t i = 0; i < usable->count; i++) {
        struct region region = usable->regions[i];
        uint64_t start = region.start == 0 ? PAGE_4K_BYTES : region.start;
        uint64_t limit = region.end < below ? region.end : below;
        if (start >= limit || limit - start < bytes)
            continue;
        if (region_list_subtract(usable, region_new(start, bytes)) != REGION_OK)
            break;
        return (struct frames_storage){start, bytes};
    }
    return (struct frames_storage){0, 0};
}

static void add_region(struct frames *frames, struct region region)
{
    ASSERT(region.start % PAGE_4K_BYTES == 0 && region.end % PAGE_4K_BYTES == 0, "region %#llx..%#llx",
           (unsigned long long)region.start, (unsigned long long)region.end);
    uint64_t first = region.start == 0 ? 1 : region.start / PAGE_4K_BYTES;
    uint64_t end = region.end / PAGE_4K_BYTES;
    if (first >= end)
        return;
    bits_set(frames->managed, first, end);
    frames->total_count += end - first;
    frames_mark_free(frames, first, end);
}

void frames_init(struct frames *frames, void *storage, size_t storage_bytes, const struct region_list *usable)
{
    uint64_t end = usable->count == 0 ? 0 : usable->regions[usable->count - 1].end;
    ASSERT(end >> PHYS_ADDR_BITS == 0, "memory ends at %#llx", (unsigned long long)end);
    ASSERT(storage_bytes >= frames_storage_bytes(end) && (uintptr_t)storage % sizeof(uint64_t) == 0,
           "%zu bytes at %p for memory that ends at %#llx", storage_bytes, storage, (unsigned long long)end);
    memset(storage, 0, frames_storage_bytes(end));
    *frames = (struct frames){.limit = end / PAGE_4K_BYTES};
    frames_areas_place(frames, storage);
    for (size_t i = 0; i < usable->count; i++)
        add_region(frames, usable->regions[i]);
    frames->lowest_free_count = frames->free_count;
}

struct frame_allocation_4k frames_alloc_4k(struct frames *frames)
{
    ASSERT(!interrupts_in_handler(), "frame allocation in an interrupt handler");
    if (UNLIKELY(frames->free[frames->open] == 0) && !frames_open(frames))
        return (struct frame_allocation_4k){.is_valid = false};
    uint64_t *word = &frames->free[frames->open];
    uint64_t number = frames->open * BITS_PER_WORD + (uint64_t)__builtin_ctzll(*word);
    *word &= *word - 1;
    frames_count_taken(frames, 1);
    return (struct frame_allocation_4k){true, {{number * PAGE_4K_BYTES}}};
}

void frames_free_4k(struct frames *frames, frame_4k frame)
{
    uint64_t number = frame_4k_number(frame), area = number / FRAMES_PER_2M;
    ASSERT(!interrupts_in_handler(), "frame %#llx freed in an interrupt handler",
           (unsigned long long)frame.start.value);
    ASSERT(frame_4k_can_start_at(frame.start), "frame %#llx is misaligned", (unsigned long long)frame.start.value);
    ASSERT(number < frames->limit && bits_has(frames->managed, number), "frame %#llx is foreign",
           (unsigned long long)frame.start.value);
    ASSERT(!bits_has(frames->free, number), "frame %#llx is free already", (unsigned long long)frame.start.value);
    frames->free[number / BITS_PER_WORD] |= bits_one(number);
    frames->free_count++;
    if (number / BITS_PER_WORD != frames->open)
        frames_area_set_free(frames, area, frames->free_in_2m[area] + 1u);
}

struct frame_allocation_2m frames_alloc_2m(struct frames *frames)
{
    ASSERT(!interrupts_in_handler(), "frame allocation in an interrupt handler");
    frames_close(frames);
    uint64_t area = frames_find_area(frames, FRAMES_WITH_SOME_WHOLE_2M);
    if (area == frames_areas_2m(frames->limit))
        return (struct frame_allocation_2m){.is_valid = false};
    frames_mark_used(frames, area * FRAMES_PER_2M, (area + 1) * FRAMES_PER_2M);
    return (struct frame_allocation_2m){true, {{area * PAGE_2M_BYTES}}};
}

struct frame_allocation_1g frames_alloc_1g(struct frames *frames)
{
    ASSERT(!interrupts_in_handler(), "frame allocation in an interrupt handler");
    frames_close(frames);
    if (frames->sets[FRAMES_WHOLE_1G].count == 0)
        return (struct frame_allocation_1g){.is_valid = false};
    uint64_t area = frames_set_lowest(&frames->sets[FRAMES_WHOLE_1G]);
    frames_mark_used(frames, area * FRAMES_PER_1G, (area + 1) * FRAMES_PER_1G);
    return (struct frame_allocation_1g){true, {{area * PAGE_1G_BYTES}}};
}

/* Of an area that exists; no word is open. */
static bool is_all_in_use(const struct frames *frames, uint64_t area)
{
    const uint64_t *managed = &frames->managed[area * WORDS_PER_2M];
    uint64_t all = frames->free_in_2m[area] == 0 ? ~0ull : 0;
    for (unsigned word = 0; word < WORDS_PER_2M; word++)
        all &= managed[word];
    return ~all == 0;
}

/* What may not be given back is left to frames_free_run(), which finds out what is wrong with it. */
void frames_free_2m(struct frames *frames, frame_2m frame)
{
    uint64_t area = frame_2m_number(frame);
    ASSERT(!interrupts_in_handler(), "frame %#llx freed in an interrupt handler",
           (unsigned long long)frame.start.value);
    ASSERT(frame_2m_can_start_at(frame.start), "frame %#llx of 2 MiB is misaligned",
           (unsigned long long)frame.start.value);
    frames_close(frames);
    if (area < frames_areas_2m(frames->limit) && is_all_in_use(frames, area))
        frames_mark_free(frames, area * FRAMES_PER_2M, (area + 1) * FRAMES_PER_2M);
    else
        frames_free_run(frames, (frame_4k){frame.start}, FRAMES_PER_2M);
}

void frames_free_1g(struct frames *frames, frame_1g frame)
{
    ASSERT(frame_1g_can_start_at(frame.start), "frame %#llx of 1 GiB is misaligned",
           (unsigned long long)frame.start.value);
    frames_free_run(frames, (frame_4k){frame.start}, FRAMES_PER_1G);
}

/* The open word's frames count as free here, although no area counts them. */
struct frames_statistics frames_statistics(const struct frames *frames)
{
    struct frames_statistics statistics = {
        .total_count = frames->total_count,
        .free_count = frames->free_count,
        .peak_used_count = frames->total_count - frames->lowest_free_count,
        .free_2m_count = frames->whole_2m_count,
        .free_1g_count = frames->sets[FRAMES_WHOLE_1G].count,
    };
    uint64_t area = frames->open / WORDS_PER_2M;
    if (~frames->free[frames->open] == 0 && frames->free_in_2m[area] + BITS_PER_WORD == FRAMES_PER_2M) {
        statistics.free_2m_count++;
        statistics.free_1g_count += frames->areas_1g[area / AREAS_2M_PER_1G].whole_count + 1 == AREAS_2M_PER_1G;
    }
    return statistics;
}
