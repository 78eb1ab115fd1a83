/* SPDX-License-Identifier: MIT */
/*
 * Memory taken, divided by the bytes that live. Ours is what heap_statistics() calls mapped: frames for blocks and
 * descriptors. A peer's is by how much the resident set of a process of its own grew, in which it served nothing before;
 * every page of every block was written to.
 */
#include "groups.h"
#include "heap.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static uint64_t resident_bytes(void)
{
    char text[128] = "";
    unsigned long long pages = 0;
    int file = open("/proc/self/statm", O_RDONLY);
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    bench_expect(length > 0 && sscanf(text, "%*u %llu", &pages) == 1, "/proc/self/statm");
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void *alloc_and_touch(const struct allocator *allocator, size_t bytes)
{
    char *block = allocator->alloc(bytes);
    bench_expect(block != NULL, "no memory");
    memset(block, 1, bytes);
    return block;
}

static void play_trace(const struct allocator *allocator, const struct trace *trace, void **blocks)
{
    for (uint32_t i = 0; i < trace->count; i++) {
        void **block = &blocks[trace->steps[i].slot];
        allocator->free(*block);
        *block = alloc_and_touch(allocator, trace->steps[i].bytes);
    }
}

static void play_pattern(const struct allocator *allocator, struct heap_pattern pattern, void **blocks)
{
    for (uint32_t i = 0; i < pattern.holes; i++)
        blocks[i] = alloc_and_touch(allocator, 64);
    for (uint32_t i = 0; i < pattern.holes; i += 2)
        allocator->free(blocks[i]);
    for (uint32_t i = 0; i < pattern.fillers; i++)
        (void)alloc_and_touch(allocator, 128);
}

/* One measurement: of a trace or, without one, of the pattern. */
struct subject {
    const char *figure;
    const struct trace *trace;
    struct heap_pattern pattern;
    void **blocks;
    uint64_t live_bytes;
};

static void measure(const struct allocator *allocator, const struct subject *subject)
{
    memset(subject->blocks, 0, subject->pattern.holes * sizeof *subject->blocks);
    program_heap_reset();
    (void)resident_bytes();
    uint64_t before = resident_bytes();
    if (subject->trace != NULL)
        play_trace(allocator, subject->trace, subject->blocks);
    else
        play_pattern(allocator, subject->pattern, subject->blocks);
    uint64_t taken =
        allocator_is_ours(allocator) ? allocators_ours_statistics().mapped_bytes : resident_bytes() - before;
    bench_report(subject->figure, allocator->name, taken, subject->live_bytes);
}

/* In a process of its own, whose copy of the peer is as good as new. */
static void measure_in_child(const struct allocator *allocator, const struct subject *subject)
{
    fflush(stdout);
    pid_t child = fork();
    bench_expect(child >= 0, "no process");
    if (child == 0) {
        measure(allocator, subject);
        fflush(stdout);
        _exit(0);
    }
    int status = -1;
    bench_expect(waitpid(child, &status, 0) == child && status == 0, "a process failed");
}

void heap_sample_resident(const struct bench_plan *plan, const struct allocator *allocators, size_t count)
{
    struct heap_pattern pattern = heap_fragmenting_pattern(plan);
    uint32_t steps = plan->is_quick ? 1000 : 300000;
    struct trace medium = trace_log_uniform("heap_resident_16_4096", 16, 4096, 10000, steps);
    struct trace many = trace_log_uniform("heap_resident_16_512", 16, 512, 100000, steps);
    void **blocks = malloc((100000 + pattern.holes) * sizeof *blocks);
    struct subject subjects[] = {
        {medium.name, &medium, {medium.slots, 0}, blocks, trace_live_bytes(&medium)},
        {many.name, &many, {many.slots, 0}, blocks, trace_live_bytes(&many)},
        {"heap_resident_fragmenting", NULL, pattern, blocks, pattern.holes / 2 * 64ull + pattern.fillers * 128ull},
    };
    for (size_t i = 0; i < COUNT_OF(subjects); i++)
        for (size_t allocator = 0; allocator < count; allocator++)
            if (!allocator_is_floor(&allocators[allocator]))
                measure_in_child(&allocators[allocator], &subjects[i]);
}

/* Memory first, while nobody has used a peer: a child inherits what its parent did. */
void bench_heap(const struct bench_plan *plan)
{
    struct allocator allocators[ALLOCATORS_MAX];
    size_t count = allocators_find(plan, allocators);
    heap_sample_resident(plan, allocators, count);
    heap_sample_worst_fresh(plan, allocators, count);
    heap_sample_times(plan, allocators, count);
    heap_sample_worst(plan, allocators, count);
}
