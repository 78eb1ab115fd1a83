/* SPDX-License-Identifier: MIT */
/*
 * The frame allocator: a bitmap of free frames under levels of summaries.
 *
 * free[0] has a bit for each frame, set if it is free. Bit w of free[n + 1] is set if word w of free[n] is not zero, up
 * to a level that is a single word. So a free frame is found by counting trailing zeroes once a level, and the levels
 * are few: three for 1 GiB, four for 64 GiB. `managed` has a bit for each frame that belongs to the allocator, so that
 * foreign frames are told from those it handed out.
 *
 * Invariants
 *   F1  A bit of free[n + 1] is set exactly if the word of free[n] that it stands for is not zero.
 *   F2  A frame that is free is managed; frame 0 is neither.
 *   F3  free_count is the number of bits set in free[0], total_count that in managed.
 */
#include <tenorite/arch/interrupts.h>
#include <tenorite/lib/panic.h>
#include <tenorite/lib/text.h>
#include <tenorite/mm/frames.h>

enum { BITS_PER_WORD = 64 };

static uint64_t words_for(uint64_t bits)
{
    return (bits + BITS_PER_WORD - 1) / BITS_PER_WORD;
}

static uint64_t bit_of(uint64_t number)
{
    return 1ull << number % BITS_PER_WORD;
}

size_t frames_storage_bytes(uint64_t end)
{
    uint64_t words = words_for(end / PAGE_4K_BYTES);
    uint64_t total = words;
    for (total += words; words > 1; total += words)
        words = words_for(words);
    return total * sizeof(uint64_t);
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

/* Cuts `storage` into `managed` and the levels. */
static void place_levels(struct frames *frames, uint64_t *storage)
{
    uint64_t words = words_for(frames->limit);
    frames->managed = storage;
    storage += words;
    frames->free[frames->level_count++] = storage;
    storage += words;
    while (words > 1) {
        words = words_for(words);
        frames->free[frames->level_count++] = storage;
        storage += words;
    }
}

/* Sets the bit of `number` on every level, from the bottom up (F1). */
static void mark_free(struct frames *frames, uint64_t number)
{
    for (unsigned level = 0; level < frames->level_count; level++, number /= BITS_PER_WORD)
        frames->free[level][number / BITS_PER_WORD] |= bit_of(number);
}

/* Clears the bit of `number`, and its summaries as far as words became zero (F1). */
static void mark_used(struct frames *frames, uint64_t number)
{
    for (unsigned level = 0; level < frames->level_count; level++, number /= BITS_PER_WORD) {
        uint64_t *word = &frames->free[level][number / BITS_PER_WORD];
        *word &= ~bit_of(number);
        if (*word != 0)
            return;
    }
}

static void add_region(struct frames *frames, struct region region)
{
    ASSERT(region.start % PAGE_4K_BYTES == 0 && region.end % PAGE_4K_BYTES == 0, "region %#llx..%#llx",
           (unsigned long long)region.start, (unsigned long long)region.end);
    for (uint64_t number = region.start / PAGE_4K_BYTES; number < region.end / PAGE_4K_BYTES; number++) {
        if (number == 0)
            continue;
        frames->managed[number / BITS_PER_WORD] |= bit_of(number);
        frames->free[0][number / BITS_PER_WORD] |= bit_of(number);
        frames->total_count++;
        frames->free_count++;
    }
}

/* Establishes F1 from free[0] upward. */
static void summarise(struct frames *frames)
{
    uint64_t words = words_for(frames->limit);
    for (unsigned level = 1; level < frames->level_count; level++, words = words_for(words)) {
        for (uint64_t word = 0; word < words; word++) {
            if (frames->free[level - 1][word] != 0)
                frames->free[level][word / BITS_PER_WORD] |= bit_of(word);
        }
    }
}

void frames_init(struct frames *frames, void *storage, size_t storage_bytes, const struct region_list *usable)
{
    uint64_t end = usable->count == 0 ? 0 : usable->regions[usable->count - 1].end;
    ASSERT(end >> PHYS_ADDR_BITS == 0, "memory ends at %#llx", (unsigned long long)end);
    ASSERT(storage_bytes >= frames_storage_bytes(end) && (uintptr_t)storage % sizeof(uint64_t) == 0,
           "%zu bytes at %p for memory that ends at %#llx", storage_bytes, storage, (unsigned long long)end);
    memset(storage, 0, frames_storage_bytes(end));
    *frames = (struct frames){.limit = end / PAGE_4K_BYTES};
    place_levels(frames, storage);
    for (size_t i = 0; i < usable->count; i++)
        add_region(frames, usable->regions[i]);
    summarise(frames);
}

struct frame_allocation_4k frames_alloc_4k(struct frames *frames)
{
    ASSERT(!interrupts_in_handler(), "frame allocation in an interrupt handler");
    if (frames->free_count == 0)
        return (struct frame_allocation_4k){.is_valid = false};
    uint64_t number = 0;
    for (unsigned level = frames->level_count; level-- > 0;)
        number = number * BITS_PER_WORD + (uint64_t)__builtin_ctzll(frames->free[level][number]);
    mark_used(frames, number);
    frames->free_count--;
    return (struct frame_allocation_4k){true, {{number * PAGE_4K_BYTES}}};
}

void frames_free_4k(struct frames *frames, frame_4k frame)
{
    uint64_t number = frame_4k_number(frame);
    ASSERT(!interrupts_in_handler(), "frame %#llx freed in an interrupt handler",
           (unsigned long long)frame.start.value);
    ASSERT(frame_4k_can_start_at(frame.start), "frame %#llx is misaligned", (unsigned long long)frame.start.value);
    ASSERT(number < frames->limit && (frames->managed[number / BITS_PER_WORD] & bit_of(number)) != 0,
           "frame %#llx is foreign", (unsigned long long)frame.start.value);
    ASSERT((frames->free[0][number / BITS_PER_WORD] & bit_of(number)) == 0, "frame %#llx is free already",
           (unsigned long long)frame.start.value);
    mark_free(frames, number);
    frames->free_count++;
}

struct frames_statistics frames_statistics(const struct frames *frames)
{
    return (struct frames_statistics){frames->total_count, frames->free_count};
}
