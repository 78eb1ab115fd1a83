/* SPDX-License-Identifier: MIT */
/*
 * 1 GiB of frames. Of each size: one taken and given back again and again; and the slowest single operation of taking all
 * of them and giving them back in random order, the least of several runs of each operation.
 */
#include <tenorite/mm/frames.h>

#include "floors.h"
#include "groups.h"

enum { FRAMES = 1 << 18, QUICK_FRAMES = 1 << 12, STORAGE_BYTES = 1 << 24, PAIRS = 1 << 20, QUICK_PAIRS = 1 << 10 };
enum { WORST_RUNS = 9 };

static struct frames frames;
static frame_4k taken[FRAMES];
static uint32_t least_alloc_ticks[FRAMES], least_free_ticks[FRAMES];

/* `count` frames of 4 KiB that can make frames of 2 MiB. */
static void reset(uint64_t count)
{
    struct region usable[] = {{PAGE_2M_BYTES, PAGE_2M_BYTES + count * PAGE_4K_BYTES}};
    struct region_list list = {usable, 1, 1};
    static void *storage;
    if (storage == NULL)
        storage = bench_reserve(STORAGE_BYTES);
    bench_expect(frames_storage_bytes(usable[0].end) <= STORAGE_BYTES, "more bookkeeping than expected");
    frames_init(&frames, storage, STORAGE_BYTES, &list);
}

static void keep_least(uint32_t *least, uint64_t ticks)
{
    if (ticks < *least)
        *least = (uint32_t)ticks;
}

static uint64_t largest(const uint32_t *values, uint64_t count)
{
    uint64_t largest = 0;
    for (uint64_t i = 0; i < count; i++)
        largest = values[i] > largest ? values[i] : largest;
    return largest;
}

static void shuffle_taken(uint64_t count)
{
    uint64_t seed = 0x9e3779b97f4a7c15;
    for (uint64_t i = count; i-- > 1;) {
        uint64_t other = bench_random(&seed) % (i + 1);
        frame_4k moved = taken[i];
        taken[i] = taken[other];
        taken[other] = moved;
    }
}

/* The measured loops, for frames of one size. */
#define DEFINE_LOOPS(size)                                                                                           \
    static NO_INLINE uint64_t take_and_give_##size(unsigned pairs)                                                   \
    {                                                                                                                \
        uint64_t sum = 0;                                                                                            \
        for (unsigned i = 0; i < pairs; i++) {                                                                       \
            struct frame_allocation_##size allocation = frames_alloc_##size(&frames);                                \
            sum += allocation.is_valid;                                                                              \
            frames_free_##size(&frames, allocation.frame);                                                           \
        }                                                                                                            \
        return sum;                                                                                                  \
    }                                                                                                                \
    static NO_INLINE uint64_t floor_take_and_give_##size(unsigned pairs)                                             \
    {                                                                                                                \
        uint64_t sum = 0;                                                                                            \
        for (unsigned i = 0; i < pairs; i++) {                                                                       \
            struct frame_allocation_##size allocation = floor_frame_alloc_##size(&frames);                           \
            sum += allocation.is_valid;                                                                              \
            floor_frame_free_##size(&frames, allocation.frame);                                                      \
        }                                                                                                            \
        return sum;                                                                                                  \
    }                                                                                                                \
    static void sample_pairs_##size(unsigned pairs)                                                                  \
    {                                                                                                                \
        uint64_t start = bench_now_ns();                                                                             \
        uint64_t sum = take_and_give_##size(pairs);                                                                  \
        uint64_t middle = bench_now_ns();                                                                            \
        uint64_t floor_sum = floor_take_and_give_##size(pairs);                                                      \
        uint64_t end = bench_now_ns();                                                                               \
        bench_expect(sum == pairs && floor_sum == pairs, "no frame is free");                                        \
        bench_report("frame_" #size "_pair", "ours", middle - start, pairs);                                         \
        bench_report("frame_" #size "_pair", "floor", end - middle, pairs);                                          \
    }                                                                                                                \
    static void run_all_##size(uint64_t count)                                                                       \
    {                                                                                                                \
        for (uint64_t i = 0; i < count; i++) {                                                                       \
            uint64_t start = bench_ticks();                                                                          \
            struct frame_allocation_##size allocation = frames_alloc_##size(&frames);                                \
            keep_least(&least_alloc_ticks[i], bench_ticks() - start);                                                \
            bench_expect(allocation.is_valid, "a frame is missing");                                                 \
            taken[i].start = allocation.frame.start;                                                                 \
        }                                                                                                            \
        bench_expect(!frames_alloc_##size(&frames).is_valid, "a frame too many");                                    \
        shuffle_taken(count);                                                                                        \
        for (uint64_t i = 0; i < count; i++) {                                                                       \
            uint64_t start = bench_ticks();                                                                          \
            frames_free_##size(&frames, (frame_##size){taken[i].start});                                             \
            keep_least(&least_free_ticks[i], bench_ticks() - start);                                                 \
        }                                                                                                            \
    }                                                                                                                \
    static uint64_t floor_ticks_##size(void)                                                                         \
    {                                                                                                                \
        uint32_t least = UINT32_MAX;                                                                                 \
        for (unsigned i = 0; i < 1000; i++) {                                                                        \
            uint64_t start = bench_ticks();                                                                          \
            floor_frame_free_##size(&frames, floor_frame_alloc_##size(&frames).frame);                               \
            keep_least(&least, bench_ticks() - start);                                                               \
        }                                                                                                            \
        return least;                                                                                                \
    }                                                                                                                \
    static void sample_worst_##size(uint64_t all, uint64_t count, unsigned runs)                                     \
    {                                                                                                                \
        for (uint64_t i = 0; i < count; i++)                                                                         \
            least_alloc_ticks[i] = least_free_ticks[i] = UINT32_MAX;                                                 \
        for (unsigned run = 0; run < runs; run++) {                                                                  \
            reset(all);                                                                                              \
            run_all_##size(count);                                                                                   \
            bench_expect(frames_statistics(&frames).free_count == all, "a frame is lost");                           \
        }                                                                                                            \
        bench_report("frame_" #size "_worst_alloc", "ours", largest(least_alloc_ticks, count), 1);                   \
        bench_report("frame_" #size "_worst_alloc", "floor", floor_ticks_##size(), 1);                               \
        bench_report("frame_" #size "_worst_free", "ours", largest(least_free_ticks, count), 1);                     \
        bench_report("frame_" #size "_worst_free", "floor", floor_ticks_##size(), 1);                                \
    }                                                                                                                \
    static_assert(true, "")

DEFINE_LOOPS(4k);
DEFINE_LOOPS(2m);

void bench_frames(const struct bench_plan *plan)
{
    uint64_t count = plan->is_quick ? QUICK_FRAMES : FRAMES;
    unsigned runs = plan->is_quick ? 1 : WORST_RUNS, pairs = plan->is_quick ? QUICK_PAIRS : PAIRS;
    reset(count);
    for (unsigned i = 0; i < plan->repeats; i++) {
        sample_pairs_4k(pairs);
        sample_pairs_2m(pairs);
    }
    sample_worst_4k(count, count, runs);
    sample_worst_2m(count, count / 512, runs);
}
