/* SPDX-License-Identifier: MIT */
#pragma once

#include "bench.h"
#include "floor.h"

#include <tenorite/task/executor.h>

/*
 * What the groups share: one executor of ours over the program's heap, and one of the floor. A sample starts and ends
 * with both of them empty.
 */
extern struct executor ours;
extern struct floor_executor floor_executor;

/* Both executors new, and room for `count` tasks of the floor. Once a group. */
void async_begin(size_t count);

/* What every task ends with: the results that a sample must have. */
void async_expect_idle(void);

/* A sample: one of ours or of the floor, `repeats` times in turn, after one of each that is not counted: it takes the
 * memory that the others find. `run` returns how many operations it performed, and has checked its results. */
struct async_subject {
    const char *name;
    uint64_t (*run)(const struct bench_plan *plan);
};

void async_sample(const struct bench_plan *plan, const char *figure, const struct async_subject *subjects,
                  size_t count);

#define ASYNC_SAMPLE(plan, figure, ...)                                                                              \
    async_sample((plan), (figure), (const struct async_subject[]){__VA_ARGS__},                                      \
                 COUNT_OF(((const struct async_subject[]){__VA_ARGS__})))

/* The floor's yield: 1 000 tasks. */
uint64_t yield_of_floor(const struct bench_plan *plan);

void bench_yield(const struct bench_plan *plan);
void bench_wake(const struct bench_plan *plan);
void bench_spawn(const struct bench_plan *plan);
void bench_join(const struct bench_plan *plan);
void bench_timers(const struct bench_plan *plan);
