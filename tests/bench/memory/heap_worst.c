/* SPDX-License-Identifier: MIT */
/*
 * The slowest single operation of the fragmenting pattern: the pattern is run again and again, and of each of its
 * operations the least time counts, so that what the host interrupted once does not. The largest of these, and the sixth
 * largest, are the figures.
 *
 * A run of ours starts with an empty heap that owns no frame: growing is in the figures. A peer's memory is there from its
 * earlier runs, as ours is: no page fault of the host is in them. They are in another figure, for which each run of a peer
 * has a process of its own.
 */
#include "heap.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HOLES = 200000, FILLERS = 100000, QUICK_SHARE = 100, RUNS = 15, RANKS = 6, LEAST_BYTES = 1 << 21 };
static_assert(LEAST_BYTES / sizeof(uint32_t) >= HOLES + HOLES / 2 + FILLERS, "one for each operation");

static uint64_t *blocks[HOLES + FILLERS];
static uint32_t *least; /* of each operation; shared with child processes */

struct heap_pattern heap_fragmenting_pattern(const struct bench_plan *plan)
{
    unsigned share = plan->is_quick ? QUICK_SHARE : 1;
    return (struct heap_pattern){HOLES / share, FILLERS / share};
}

static void note(uint32_t operation, uint64_t ticks)
{
    if (ticks < least[operation])
        least[operation] = (uint32_t)ticks;
}

static void time_alloc(const struct allocator *allocator, uint32_t operation, uint32_t at, size_t bytes)
{
    uint64_t start = bench_ticks();
    uint64_t *block = allocator->alloc(bytes);
    *block = at;
    note(operation, bench_ticks() - start);
    blocks[at] = block;
}

static void run_pattern(const struct allocator *allocator, struct heap_pattern pattern)
{
    uint32_t operation = 0;
    for (uint32_t i = 0; i < pattern.holes; i++)
        time_alloc(allocator, operation++, i, 64);
    for (uint32_t i = 0; i < pattern.holes; i += 2) {
        uint64_t start = bench_ticks();
        allocator->free(blocks[i]);
        note(operation++, bench_ticks() - start);
        blocks[i] = NULL;
    }
    for (uint32_t i = 0; i < pattern.fillers; i++)
        time_alloc(allocator, operation++, pattern.holes + i, 128);
    for (uint32_t i = 0; i < pattern.holes + pattern.fillers; i++) {
        bench_expect(allocator_is_floor(allocator) || blocks[i] == NULL || *blocks[i] == i,
                     "a block was overwritten");
        allocator->free(blocks[i]);
    }
}

/* The largest values of `least`, in descending order. */
static void find_largest(uint32_t count, uint32_t largest[RANKS])
{
    for (unsigned rank = 0; rank < RANKS; rank++)
        largest[rank] = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t value = least[i];
        for (unsigned rank = 0; rank < RANKS; rank++) {
            uint32_t smaller = largest[rank] < value ? largest[rank] : value;
            largest[rank] = largest[rank] < value ? value : largest[rank];
            value = smaller;
        }
    }
}

/* Returns the number of operations in the pattern. */
static uint32_t forget_least(const struct bench_plan *plan)
{
    struct heap_pattern pattern = heap_fragmenting_pattern(plan);
    uint32_t operations = pattern.holes + pattern.holes / 2 + pattern.fillers;
    if (least == NULL)
        least = bench_share(LEAST_BYTES);
    for (uint32_t i = 0; i < operations; i++)
        least[i] = UINT32_MAX;
    return operations;
}

void heap_sample_worst(const struct bench_plan *plan, const struct allocator *allocators, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t operations = forget_least(plan);
        for (unsigned run = 0; run < (plan->is_quick ? 1 : RUNS); run++) {
            program_heap_reset();
            run_pattern(&allocators[i], heap_fragmenting_pattern(plan));
        }
        uint32_t largest[RANKS];
        find_largest(operations, largest);
        bench_report("heap_worst", allocators[i].name, largest[0], 1);
        bench_report("heap_worst_6th", allocators[i].name, largest[RANKS - 1], 1);
        if (allocator_is_ours(&allocators[i]))
            bench_report("heap_worst_fresh", allocators[i].name, largest[0], 1);
    }
}

static void run_in_child(const struct allocator *allocator, struct heap_pattern pattern)
{
    fflush(stdout);
    pid_t child = fork();
    bench_expect(child >= 0, "no process");
    if (child == 0) {
        run_pattern(allocator, pattern);
        _exit(0);
    }
    int status = -1;
    bench_expect(waitpid(child, &status, 0) == child && status == 0, "a process failed");
}

void heap_sample_worst_fresh(const struct bench_plan *plan, const struct allocator *allocators, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (allocator_is_ours(&allocators[i]) || allocator_is_floor(&allocators[i]))
            continue;
        uint32_t operations = forget_least(plan);
        for (unsigned run = 0; run < (plan->is_quick ? 1 : RUNS); run++)
            run_in_child(&allocators[i], heap_fragmenting_pattern(plan));
        uint32_t largest[RANKS];
        find_largest(operations, largest);
        bench_report("heap_worst_fresh", allocators[i].name, largest[0], 1);
    }
}
