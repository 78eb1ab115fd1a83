/* SPDX-License-Identifier: MIT */
/*
 * Tasks that are ready at their first poll: spawned, run and freed. One after the other, and as many at a time as there
 * is work for. The floor takes its task out of a free list of memory that was touched before; ours is a frame on the heap,
 * and a header.
 */
#include "async.h"

enum { TASKS = 1 << 20, QUICK_TASKS = 1 << 8 };

static uint64_t sum;

/* A future of 8 bytes. */
struct trivial {
    uint64_t value;
};

static void trivial_init(struct trivial *self, uint64_t value)
{
    self->value = value;
}

static enum poll trivial_poll(struct trivial *self, struct context *context)
{
    (void)context;
    sum += self->value;
    return POLL_READY;
}

static void trivial_drop(struct trivial *self)
{
    (void)self;
}
FUTURE_TYPE(trivial);

static enum floor_poll floor_trivial(struct floor_task *task)
{
    sum += task->value;
    return FLOOR_READY;
}

static uint64_t tasks_of(const struct bench_plan *plan)
{
    return plan->is_quick ? QUICK_TASKS : TASKS;
}

static uint64_t checked(uint64_t tasks)
{
    bench_expect(sum == tasks * (tasks - 1) / 2, "spawn");
    return tasks;
}

static uint64_t run_ours_one_by_one(const struct bench_plan *plan)
{
    uint64_t tasks = tasks_of(plan);
    sum = 0;
    for (uint64_t i = 0; i < tasks; i++) {
        bench_expect(SPAWN(&ours, trivial, NULL, i).error == SPAWN_OK, "spawn");
        executor_run_until_idle(&ours);
    }
    return checked(tasks);
}

static uint64_t run_ours_together(const struct bench_plan *plan)
{
    uint64_t tasks = tasks_of(plan);
    sum = 0;
    for (uint64_t i = 0; i < tasks; i++)
        bench_expect(SPAWN(&ours, trivial, NULL, i).error == SPAWN_OK, "spawn");
    executor_run_until_idle(&ours);
    return checked(tasks);
}

static void floor_spawn(uint64_t value)
{
    struct floor_task *task = floor_task_new(&floor_executor, floor_trivial);
    bench_expect(task != NULL, "spawn of the floor");
    task->value = value;
    floor_wake(task);
}

static uint64_t run_floor_one_by_one(const struct bench_plan *plan)
{
    uint64_t tasks = tasks_of(plan);
    sum = 0;
    for (uint64_t i = 0; i < tasks; i++) {
        floor_spawn(i);
        floor_run(&floor_executor);
    }
    return checked(tasks);
}

static uint64_t run_floor_together(const struct bench_plan *plan)
{
    uint64_t tasks = tasks_of(plan);
    sum = 0;
    for (uint64_t i = 0; i < tasks; i++)
        floor_spawn(i);
    floor_run(&floor_executor);
    return checked(tasks);
}

void bench_spawn(const struct bench_plan *plan)
{
    async_begin(TASKS);
    ASYNC_SAMPLE(plan, "spawn_one", {"floor", run_floor_one_by_one}, {"ours", run_ours_one_by_one});
    ASYNC_SAMPLE(plan, "spawn_many", {"floor", run_floor_together}, {"ours", run_ours_together});
}
