/* SPDX-License-Identifier: MIT */
/* Tasks that queue up behind each other: each poll wakes the task that it polls. */
#include "async.h"

#include <tenorite/task/coroutine.h>
#include <tenorite/task/yield.h>

enum { TASKS = 1000, YIELDS = 1000, QUICK_YIELDS = 2 };

static uint64_t finished;

ASYNC_STATIC_FRAME(yielder, unsigned left; struct yield yield;);

static void yielder_init(struct yielder *self, unsigned yields)
{
    coroutine_init(&self->coroutine);
    self->left = yields;
}

static ASYNC(yielder)
{
    ASYNC_BEGIN;
    for (; self->left > 0; self->left--)
        AWAIT(yield, &self->yield);
    finished++;
    ASYNC_CLEANUP;
    ASYNC_END;
}

static enum floor_poll floor_yielder(struct floor_task *task)
{
    if (task->count == 0) {
        finished++;
        return FLOOR_READY;
    }
    task->count--;
    floor_wake(task);
    return FLOOR_PENDING;
}

static unsigned yields_of(const struct bench_plan *plan)
{
    return plan->is_quick ? QUICK_YIELDS : YIELDS;
}

static uint64_t run_ours(const struct bench_plan *plan)
{
    unsigned yields = yields_of(plan);
    finished = 0;
    for (unsigned i = 0; i < TASKS; i++)
        bench_expect(SPAWN(&ours, yielder, NULL, yields).error == SPAWN_OK, "spawn");
    executor_run_until_idle(&ours);
    bench_expect(finished == TASKS, "yield");
    return (uint64_t)TASKS * yields;
}

static uint64_t run_floor(const struct bench_plan *plan)
{
    unsigned yields = yields_of(plan);
    finished = 0;
    for (unsigned i = 0; i < TASKS; i++) {
        struct floor_task *task = floor_task_new(&floor_executor, floor_yielder);
        task->count = yields;
        floor_wake(task);
    }
    floor_run(&floor_executor);
    bench_expect(finished == TASKS, "yield of the floor");
    return (uint64_t)TASKS * yields;
}

void bench_yield(const struct bench_plan *plan)
{
    async_begin(TASKS);
    ASYNC_SAMPLE(plan, "yield", {"floor", run_floor}, {"ours", run_ours});
}
