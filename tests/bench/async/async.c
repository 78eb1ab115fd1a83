/* SPDX-License-Identifier: MIT */
#include "async.h"

#include "heaps.h"

struct executor ours;
struct floor_executor floor_executor;

void async_begin(size_t count)
{
    program_heap_reset();
    executor_init(&ours, &program_heap);
    floor_executor_init(&floor_executor);
    struct floor_task *tasks = bench_reserve((size_t)1 << (64 - __builtin_clzll(count * sizeof(*tasks))));
    floor_pool_fill(&floor_executor.pool, tasks, count);
}

void async_expect_idle(void)
{
    bench_expect(ours.statistics.spawned == ours.statistics.completed, "a task of ours is left");
    bench_expect(floor_executor.first == NULL, "a task of the floor is queued");
}

void async_sample(const struct bench_plan *plan, const char *figure, const struct async_subject *subjects,
                  size_t count)
{
    for (size_t i = 0; i < count; i++)
        subjects[i].run(plan);
    for (unsigned repeat = 0; repeat < plan->repeats; repeat++) {
        for (size_t i = 0; i < count; i++) {
            uint64_t start = bench_now_ns();
            uint64_t operations = subjects[i].run(plan);
            bench_report(figure, subjects[i].name, bench_now_ns() - start, operations);
            async_expect_idle();
        }
    }
}
