/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * What the benchmarks that run as a program of this computer share. Each prints samples, one a line on standard output,
 * which tests/bench/figures.py collects from many processes and makes a table of:
 *
 *     FIGURE SUBJECT SUM COUNT        the figure is SUM / COUNT: nanoseconds, or clock ticks, or bytes per byte
 *
 * Files that hold measured loops, ours and the floors, are compiled with the kernel's flags, so nothing here passes
 * floating-point numbers.
 */
struct bench_plan {
    bool is_quick;    /* as short as it can be: the figures mean nothing */
    bool is_alone;    /* without peers */
    unsigned repeats; /* samples of each subject, all subjects in turn */
};

void bench_report(const char *figure, const char *subject, uint64_t sum, uint64_t count);

NO_RETURN void bench_fail(const char *what) COLD;

/* Ends the process with a message where a benchmarked function gave a wrong result. */
ALWAYS_INLINE void bench_expect(bool condition, const char *what)
{
    if (UNLIKELY(!condition))
        bench_fail(what);
}

/* Processor time of this process: being preempted does not count. */
uint64_t bench_now_ns(void);

/* Clock ticks, for single operations: what precedes has finished, what follows has not begun. */
ALWAYS_INLINE uint64_t bench_ticks(void)
{
    uint32_t low, high;
    __asm__ volatile("lfence\n\trdtsc\n\tlfence" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

/* Deterministic: the same sequence from the same seed, which is not 0. */
ALWAYS_INLINE uint64_t bench_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* Zeroed memory of which nothing is there before it is touched; ends the process if there is none. `bytes` is also its
 * alignment, a power of two. */
void *bench_reserve(size_t bytes);

/* Zeroed memory that processes which this one starts share with it. */
void *bench_share(size_t bytes);

/* What a program can measure, supplied by each: `NAME [quick] [alone] GROUP...` is its command line. */
struct bench_group {
    const char *name;
    void (*run)(const struct bench_plan *plan);
};

extern const struct bench_group bench_groups[];
extern const size_t bench_group_count;
