/* SPDX-License-Identifier: MIT */
/*
 * Tasks that queue up behind each other: each poll wakes the task that it polls. Written as coroutines; by hand, as the
 * floor's are; and as coroutines while statistics of each task are kept.
 */
#include "async.h"

#include <tenorite/task/coroutine.h>
#include <tenorite/task/task_accounts.h>
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

struct hand_yielder {
    unsigned left;
};

static void hand_yielder_init(struct hand_yielder *self, unsigned yields)
{
    self->left = yields;
}

static enum poll hand_yielder_poll(struct hand_yielder *self, struct context *context)
{
    if (self->left == 0) {
        finished++;
        return POLL_READY;
    }
    self->left--;
    waker_wake(context->waker);
    return POLL_PENDING;
}

static void hand_yielder_drop(struct hand_yielder *self)
{
    (void)self;
}
FUTURE_TYPE(hand_yielder);

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

static uint64_t run_ours_by_hand(const struct bench_plan *plan)
{
    unsigned yields = yields_of(plan);
    finished = 0;
    for (unsigned i = 0; i < TASKS; i++)
        bench_expect(SPAWN(&ours, hand_yielder, NULL, yields).error == SPAWN_OK, "spawn");
    executor_run_until_idle(&ours);
    bench_expect(finished == TASKS, "yield by hand");
    return (uint64_t)TASKS * yields;
}

static uint64_t run_ours_accounted(const struct bench_plan *plan)
{
    bench_expect(executor_accounts_start(&ours) == ACCOUNTS_OK, "statistics");
    uint64_t operations = run_ours(plan);
    executor_accounts_stop(&ours);
    return operations;
}

uint64_t yield_of_floor(const struct bench_plan *plan)
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
    ASYNC_SAMPLE(plan, "yield", {"floor", yield_of_floor}, {"ours", run_ours});
    ASYNC_SAMPLE(plan, "yield_by_hand", {"floor", yield_of_floor}, {"ours", run_ours_by_hand});
    ASYNC_SAMPLE(plan, "yield_accounts", {"floor", yield_of_floor}, {"ours", run_ours_accounted});
}
