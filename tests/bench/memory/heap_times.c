/* SPDX-License-Identifier: MIT */
/*
 * How long a pair of alloc and free takes: of one block of 64 bytes; and where blocks at random are freed and replaced by
 * blocks of random sizes. Whoever asks for memory writes to it, so every block's first word is written; the floor does the
 * same to a block of its own with calls that do nothing.
 */
#include "heap.h"

enum { PAIRS = 1 << 21, QUICK_PAIRS = 1 << 10, STEPS = 1 << 20, QUICK_STEPS = 1 << 10 };

static void *blocks[100000];

void heap_run_trace(const struct allocator *allocator, const struct trace *trace, uint32_t from, uint32_t to,
                    void **in_use)
{
    for (uint32_t i = from; i < to; i++) {
        struct trace_step step = trace->steps[i];
        allocator->free(in_use[step.slot]);
        uint64_t *block = allocator->alloc(step.bytes);
        *block = step.slot;
        in_use[step.slot] = block;
    }
}

static void free_all(const struct allocator *allocator, uint32_t slots)
{
    for (uint32_t i = 0; i < slots; i++) {
        allocator->free(blocks[i]);
        blocks[i] = NULL;
    }
}

/* No block may share a byte with another: each is filled, and must be unchanged when its time comes. */
static void check_blocks(const struct allocator *allocator, const struct trace *trace)
{
    static uint32_t sizes[COUNT_OF(blocks)];
    for (uint32_t i = 0; i < trace->count; i++) {
        struct trace_step step = trace->steps[i];
        unsigned char *block = blocks[step.slot];
        for (uint32_t at = 0; block != NULL && at < sizes[step.slot]; at++)
            bench_expect(block[at] == (unsigned char)(step.slot * 31 + 7), "a block was overwritten");
        allocator->free(block);
        block = allocator->alloc(step.bytes);
        bench_expect(block != NULL && (uintptr_t)block % 16 == 0, "a block is missing or misaligned");
        for (uint32_t at = 0; at < step.bytes; at++)
            block[at] = (unsigned char)(step.slot * 31 + 7);
        blocks[step.slot] = block;
        sizes[step.slot] = step.bytes;
    }
    free_all(allocator, trace->slots);
}

static void check_results(const struct allocator *allocators, size_t count)
{
    struct trace trace = trace_log_uniform("check", 16, 4096, 500, 4000);
    program_heap_reset();
    for (size_t i = 0; i < count; i++)
        if (!allocator_is_floor(&allocators[i]))
            check_blocks(&allocators[i], &trace);
    bench_expect(allocators_check_ours() == NULL, "heap_check");
}

static NO_INLINE void run_pairs(const struct allocator *allocator, unsigned pairs)
{
    for (unsigned i = 0; i < pairs; i++) {
        uint64_t *block = allocator->alloc(64);
        *block = i;
        allocator->free(block);
    }
}

static void sample_pairs(const struct allocator *allocator, unsigned pairs)
{
    run_pairs(allocator, pairs / 16); /* what it sets up is not what a pair costs */
    uint64_t start = bench_now_ns();
    run_pairs(allocator, pairs);
    bench_report("heap_pair_64", allocator->name, bench_now_ns() - start, pairs);
}

static void sample_trace(const struct allocator *allocator, const struct trace *trace)
{
    program_heap_reset();
    heap_run_trace(allocator, trace, 0, trace->slots, blocks);
    uint64_t start = bench_now_ns();
    heap_run_trace(allocator, trace, trace->slots, trace->count, blocks);
    bench_report(trace->name, allocator->name, bench_now_ns() - start, trace->count - trace->slots);
    bench_expect(!allocator_is_ours(allocator) || allocators_check_ours() == NULL, "heap_check");
    free_all(allocator, trace->slots);
}

void heap_sample_times(const struct bench_plan *plan, const struct allocator *allocators, size_t count)
{
    unsigned pairs = plan->is_quick ? QUICK_PAIRS : PAIRS, steps = plan->is_quick ? QUICK_STEPS : STEPS;
    struct trace medium = trace_log_uniform("heap_trace_16_4096", 16, 4096, 10000, steps);
    struct trace many = trace_log_uniform("heap_trace_16_512", 16, 512, COUNT_OF(blocks), steps);
    check_results(allocators, count);
    for (unsigned repeat = 0; repeat < plan->repeats; repeat++) {
        program_heap_reset();
        for (size_t i = 0; i < count; i++)
            sample_pairs(&allocators[i], pairs);
        for (size_t i = 0; i < count; i++)
            sample_trace(&allocators[i], &medium);
        for (size_t i = 0; i < count; i++)
            sample_trace(&allocators[i], &many);
    }
}
