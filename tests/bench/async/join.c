/* SPDX-License-Identifier: MIT */
/*
 * One task waits for 1 000 children, each of which yields once and leaves a value. As tasks of their own whose handles are
 * awaited one after the other, and as an array of futures that one join waits for, in groups of 64. The floor is one yield a child, without
 * anybody who waits.
 */
#include "async.h"

#include <tenorite/task/coroutine.h>
#include <tenorite/task/join.h>
#include <tenorite/task/join_wide.h>
#include <tenorite/task/yield.h>

enum { CHILDREN = 1000, ROUNDS = 100, QUICK_ROUNDS = 1 };

ASYNC_STATIC_FRAME_OF(uint64_t, child, uint64_t value; struct yield yield;);

static void child_init(struct child *self, uint64_t value)
{
    coroutine_init(&self->coroutine);
    self->value = value;
}

static ASYNC(child)
{
    ASYNC_BEGIN;
    AWAIT(yield, &self->yield);
    self->result = self->value;
    ASYNC_CLEANUP;
    ASYNC_END;
}

static struct task_handle handles[CHILDREN];
static struct child children[CHILDREN];
static struct dyn_future places[CHILDREN];
static struct join_group groups[JOIN_GROUPS(CHILDREN)];
static unsigned rounds_done;

static void expect_sum(uint64_t sum)
{
    bench_expect(sum == (uint64_t)CHILDREN * (CHILDREN - 1) / 2, "the children's values");
    rounds_done++;
}

ASYNC_STATIC_FRAME(handle_parent, unsigned rounds; unsigned i; uint64_t value; uint64_t sum; struct join join;);

static void handle_parent_init(struct handle_parent *self, unsigned rounds)
{
    coroutine_init(&self->coroutine);
    self->rounds = rounds;
}

static ASYNC(handle_parent)
{
    ASYNC_BEGIN;
    for (; self->rounds > 0; self->rounds--) {
        for (self->i = 0; self->i < CHILDREN; self->i++) {
            struct spawn_result spawned = SPAWN_JOINABLE(context->executor, child, NULL, self->i);
            bench_expect(spawned.error == SPAWN_OK, "spawn");
            handles[self->i] = spawned.task;
        }
        self->sum = 0;
        for (self->i = 0; self->i < CHILDREN; self->i++) {
            AWAIT(join, &self->join, handles[self->i], JOIN_INTO(&self->value));
            bench_expect(self->join.error == JOIN_OK, "join");
            self->sum += self->value;
        }
        expect_sum(self->sum);
    }
    ASYNC_CLEANUP;
    ASYNC_END;
}

ASYNC_STATIC_FRAME(array_parent, unsigned rounds; struct join_wide join;);

static void array_parent_init(struct array_parent *self, unsigned rounds)
{
    coroutine_init(&self->coroutine);
    self->rounds = rounds;
}

static void start_children(void)
{
    for (unsigned i = 0; i < CHILDREN; i++)
        places[i] = START(child, &children[i], i);
}

static uint64_t sum_of_children(void)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < CHILDREN; i++)
        sum += children[i].result;
    return sum;
}

static ASYNC(array_parent)
{
    ASYNC_BEGIN;
    for (; self->rounds > 0; self->rounds--) {
        start_children();
        AWAIT(join_wide, &self->join, FUTURE_SET(places), groups, COUNT_OF(groups));
        bench_expect(self->join.spawn_error == SPAWN_OK, "join");
        expect_sum(sum_of_children());
    }
    ASYNC_CLEANUP;
    ASYNC_END;
}

static uint64_t run_until(unsigned rounds, struct spawn_result parent)
{
    rounds_done = 0;
    bench_expect(parent.error == SPAWN_OK, "spawn");
    executor_run_until_idle(&ours);
    bench_expect(rounds_done == rounds, "join");
    return (uint64_t)CHILDREN * rounds;
}

static unsigned rounds_of(const struct bench_plan *plan)
{
    return plan->is_quick ? QUICK_ROUNDS : ROUNDS;
}

static uint64_t run_handles(const struct bench_plan *plan)
{
    return run_until(rounds_of(plan), SPAWN(&ours, handle_parent, NULL, rounds_of(plan)));
}

static uint64_t run_array(const struct bench_plan *plan)
{
    return run_until(rounds_of(plan), SPAWN(&ours, array_parent, NULL, rounds_of(plan)));
}

void bench_join(const struct bench_plan *plan)
{
    async_begin(CHILDREN);
    ASYNC_SAMPLE(plan, "join_handles", {"floor", yield_of_floor}, {"ours", run_handles});
    ASYNC_SAMPLE(plan, "join_array", {"floor", yield_of_floor}, {"ours", run_array});
}
