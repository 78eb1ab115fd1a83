/* SPDX-License-Identifier: MIT */
#include "task_test.h"

#include <stdio.h>
#include <string.h>
#include <tenorite/task/budget.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/join_all.h>
#include <tenorite/task/semaphore.h>
#include <tenorite/task/yield.h>

static struct context polling = {.executor = &executor};
static struct probe probes[JOIN_ALL_LIMIT + 1];
static struct probe_record records[JOIN_ALL_LIMIT + 1];
static struct dyn_future futures[JOIN_ALL_LIMIT + 1];

static int join_setup(void **state)
{
    memset(records, 0, sizeof(records));
    return task_test_setup(state);
}

#define JOIN_TEST(function) cmocka_unit_test_setup_teardown(function, join_setup, task_test_teardown)

/* A set of probes with the letters a, b, c...; the n-th is ready at the poll that `ready_at[n]` names, 0: never. */
static struct future_set set_of(const char *ready_at)
{
    uint32_t count = (uint32_t)strlen(ready_at);

    for (uint32_t i = 0; i < count; i++) {
        records[i].letter = (char)('a' + i);
        records[i].ready_at_poll = (unsigned)(ready_at[i] - '0');
        futures[i] = START(probe, &probes[i], &records[i]);
    }
    return future_set(futures, count, FUTURES_FAIR);
}

static const char *poll_and_trace(struct join_all *join, enum poll expected)
{
    memset(trace, 0, sizeof(trace));
    assert_int_equal(join_all_poll(join, &polling), expected);
    return trace;
}

/* Cases 36 and 38. */
static void each_unfinished_child_is_polled_once_and_the_first_rotates(void **state)
{
    struct join_all join;

    (void)state;
    join_all_init(&join, set_of("424"));
    assert_string_equal(poll_and_trace(&join, POLL_PENDING), "abc");
    assert_string_equal(poll_and_trace(&join, POLL_PENDING), "bca");
    assert_string_equal(poll_and_trace(&join, POLL_PENDING), "ca");
    assert_string_equal(poll_and_trace(&join, POLL_READY), "ac");
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(records[i].drops, 0);
}

static void an_empty_join_is_ready_at_once(void **state)
{
    struct join_all join;

    (void)state;
    join_all_init(&join, future_set(futures, 0, FUTURES_FAIR));
    assert_int_equal(join_all_poll(&join, &polling), POLL_READY);
}

static void a_place_without_a_future_counts_as_ended(void **state)
{
    struct dyn_future both[2];
    struct join_all join;

    (void)state;
    records[0].ready_at_poll = 2;
    join_all_init(&join, FUTURES(both, NO_FUTURE, START(probe, &probes[0], &records[0])));
    assert_int_equal(join_all_poll(&join, &polling), POLL_PENDING);
    assert_int_equal(join_all_poll(&join, &polling), POLL_READY);
}

static void dropping_drops_the_children_that_have_not_ended(void **state)
{
    struct join_all join;

    (void)state;
    join_all_init(&join, set_of("010"));
    assert_int_equal(join_all_poll(&join, &polling), POLL_PENDING);
    join_all_drop(&join);
    assert_int_equal(records[0].drops, 1);
    assert_int_equal(records[1].drops, 0);
    assert_int_equal(records[2].drops, 1);
    join_all_drop(&join);
    assert_int_equal(records[0].drops, 1);
}

static void a_poll_after_completion_panics(void **state)
{
    struct join_all join;

    (void)state;
    join_all_init(&join, set_of("11"));
    assert_int_equal(join_all_poll(&join, &polling), POLL_READY);
    EXPECT_PANIC("polled after completion", { (void)join_all_poll(&join, &polling); });
}

static void sixty_four_children_fit_and_one_more_panics(void **state)
{
    char ready_at[JOIN_ALL_LIMIT + 2] = {};
    struct join_all join;

    (void)state;
    memset(ready_at, '1', JOIN_ALL_LIMIT);
    join_all_init(&join, set_of(ready_at));
    assert_int_equal(join_all_poll(&join, &polling), POLL_READY);
    ready_at[JOIN_ALL_LIMIT] = '1';
    EXPECT_PANIC("at most 64", { join_all_init(&join, set_of(ready_at)); });
}

static void an_array_of_another_length_panics_where_it_compiles(void **state)
{
    struct dyn_future three[3];

    (void)state;
    EXPECT_PANIC("FUTURES: the array has as many entries",
                 { FUTURES(three, START(probe, &probes[0], &records[0])); });
}

static void a_join_that_was_moved_panics(void **state)
{
    struct join_all here, there;

    (void)state;
    join_all_init(&here, set_of("00"));
    assert_int_equal(join_all_poll(&here, &polling), POLL_PENDING);
    memcpy(&there, &here, sizeof(there));
    EXPECT_PANIC("must not move", { (void)join_all_poll(&there, &polling); });
    EXPECT_PANIC("must not move", { join_all_drop(&there); });
    join_all_drop(&here);
}

static void a_join_may_move_before_its_first_poll(void **state)
{
    struct join_all here, there;

    (void)state;
    join_all_init(&here, set_of("1"));
    memcpy(&there, &here, sizeof(there));
    assert_int_equal(join_all_poll(&there, &polling), POLL_READY);
}

/* A child that yields, then leaves a value or fails. */
enum work_error { WORK_OK, WORK_REFUSED = 5 };

ASYNC_STATIC_FRAME_OF(unsigned, work, enum work_error error; unsigned yields; unsigned cleanups; struct yield yield;);

static void work_init(struct work *self, unsigned yields, enum work_error error)
{
    coroutine_init(&self->coroutine);
    self->yields = yields;
    self->error = error;
    self->cleanups = 0;
}

ASYNC(work)
{
    ASYNC_BEGIN;
    while (self->yields--)
        AWAIT(yield, &self->yield);
    self->result = 7;
    ASYNC_CLEANUP;
    self->cleanups++;
    ASYNC_END;
}

ASYNC_STATIC_FRAME(parent, struct work quick; struct work slow; struct dyn_future both[2]; struct join_all join;
                   enum work_error quick_error; unsigned sum;);

static struct parent parent;

static void parent_init(struct parent *self, enum work_error quick_error)
{
    coroutine_init(&self->coroutine);
    self->quick_error = quick_error;
    self->sum = 0;
}

ASYNC(parent)
{
    ASYNC_BEGIN;
    AWAIT(join_all, &self->join,
          FUTURES(self->both, TRY_START(work, &self->quick, 1, self->quick_error),
                  TRY_START(work, &self->slow, 3, WORK_OK)));
    if (!self->join.error)
        self->sum = self->quick.result + self->slow.result;
    ASYNC_END;
}

static void a_coroutine_finds_the_results_in_the_children(void **state)
{
    unsigned polls = 1;

    (void)state;
    parent_init(&parent, WORK_OK);
    while (parent_poll(&parent, &polling) == POLL_PENDING)
        polls++;
    assert_int_equal(polls, 4);
    assert_int_equal(parent.sum, 14);
    assert_int_equal(parent.slow.cleanups, 1);
}

static void the_first_error_drops_the_rest_and_goes_out(void **state)
{
    (void)state;
    parent_init(&parent, WORK_REFUSED);
    assert_int_equal(parent_poll(&parent, &polling), POLL_PENDING);
    assert_int_equal(parent_poll(&parent, &polling), POLL_READY);
    assert_int_equal(parent.join.error, WORK_REFUSED);
    assert_int_equal(parent.join.failed, 0);
    assert_int_equal(parent.slow.cleanups, 1);
    assert_true(coroutine_has_ended(&parent.slow.coroutine));
    assert_int_equal(parent.sum, 0);
}

static void without_try_an_error_ends_nothing(void **state)
{
    struct work quick, slow;
    struct dyn_future both[2];
    struct join_all join;

    (void)state;
    join_all_init(&join, FUTURES(both, START(work, &quick, 0, WORK_REFUSED), START(work, &slow, 1, WORK_OK)));
    assert_int_equal(join_all_poll(&join, &polling), POLL_PENDING);
    assert_int_equal(join_all_poll(&join, &polling), POLL_READY);
    assert_int_equal(join.error, 0);
    assert_int_equal(slow.result, 7);
}

static char shown[128];

static void show(struct tracer *tracer, const struct future_type *type, const void *future)
{
    size_t length = strlen(shown);

    (void)future;
    snprintf(shown + length, sizeof(shown) - length, "%u %s\n", tracer->depth, type->name);
}

static void a_trace_shows_the_children_that_have_not_ended(void **state)
{
    struct tracer tracer;

    (void)state;
    shown[0] = '\0';
    tracer_init(&tracer, show);
    parent_init(&parent, WORK_OK);
    assert_int_equal(parent_poll(&parent, &polling), POLL_PENDING);
    future_trace(&parent_type, &parent, &tracer);
    assert_string_equal(shown, "0 parent\n1 join_all\n2 work\n3 yield\n2 work\n3 yield\n");
    assert_int_equal(parent_poll(&parent, &polling), POLL_PENDING);
    shown[0] = '\0';
    future_trace(&parent_type, &parent, &tracer);
    assert_string_equal(shown, "0 parent\n1 join_all\n2 work\n3 yield\n");
    parent_drop(&parent);
}

/* Case 40: a child that wakes the join many times in one poll is polled once in the next. */
static void a_pass_polls_each_child_once(void **state)
{
    struct dyn_future both[2];
    struct join_all join;

    (void)state;
    records[0].self_wakes = records[1].self_wakes = 5;
    records[0].ready_at_poll = records[1].ready_at_poll = 3;
    join_all_init(&join, FUTURES(both, START(probe, &probes[0], &records[0]), START(probe, &probes[1], &records[1])));
    assert_int_equal(executor_spawn(&executor, &join_all_type, NULL,
                                    memcpy(executor_frame_alloc(&executor, &join_all_type), &join, sizeof(join)))
                         .error,
                     SPAWN_OK);
    run();
    assert_int_equal(records[0].polls, 3);
    assert_int_equal(records[1].polls, 3);
    assert_int_equal(executor.statistics.polls, 3);
}

/* Case 37: one child takes and gives back the only permit as long as its poll lasts, another one wants it now and then. */
ASYNC_STATIC_FRAME(greedy, struct semaphore *semaphore; struct semaphore_acquire acquire; unsigned i;
                   unsigned rounds;);
ASYNC_STATIC_FRAME(modest, struct semaphore *semaphore; struct semaphore_acquire acquire; unsigned rounds;);

static void greedy_init(struct greedy *self, struct semaphore *semaphore)
{
    coroutine_init(&self->coroutine);
    self->semaphore = semaphore;
}

ASYNC(greedy)
{
    ASYNC_BEGIN;
    for (self->rounds = 0; self->rounds < 5; self->rounds++) {
        for (self->i = 0; self->i < POLL_BUDGET; self->i++) {
            AWAIT(semaphore_acquire, &self->acquire, self->semaphore, 1);
            semaphore_release(self->semaphore, 1);
        }
    }
    ASYNC_END;
}

static void modest_init(struct modest *self, struct semaphore *semaphore)
{
    coroutine_init(&self->coroutine);
    self->semaphore = semaphore;
}

static unsigned rounds_of_greedy, rounds_of_modest;

ASYNC(modest)
{
    ASYNC_BEGIN;
    for (self->rounds = 0; self->rounds < 5; self->rounds++) {
        AWAIT(semaphore_acquire, &self->acquire, self->semaphore, 1);
        semaphore_release(self->semaphore, 1);
    }
    ASYNC_END;
}

ASYNC_STATIC_FRAME(rivals, struct semaphore *semaphore; struct greedy greedy; struct modest modest;
                   struct dyn_future both[2]; struct join_all join;);

static void rivals_init(struct rivals *self, struct semaphore *semaphore)
{
    coroutine_init(&self->coroutine);
    self->semaphore = semaphore;
}

ASYNC(rivals)
{
    ASYNC_BEGIN;
    AWAIT(join_all, &self->join,
          FUTURES(self->both, START(greedy, &self->greedy, self->semaphore),
                  START(modest, &self->modest, self->semaphore)));
    rounds_of_greedy = self->greedy.rounds;
    rounds_of_modest = self->modest.rounds;
    ASYNC_END;
}

static void a_child_that_uses_up_the_budget_does_not_starve_another(void **state)
{
    struct semaphore semaphore = SEMAPHORE_INIT(1);

    (void)state;
    rounds_of_greedy = rounds_of_modest = 0;
    assert_int_equal(SPAWN(&executor, rivals, NULL, &semaphore).error, SPAWN_OK);
    run();
    assert_int_equal(rounds_of_greedy, 5);
    assert_int_equal(rounds_of_modest, 5);
    assert_int_equal(count_tasks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        JOIN_TEST(each_unfinished_child_is_polled_once_and_the_first_rotates),
        JOIN_TEST(an_empty_join_is_ready_at_once),
        JOIN_TEST(a_place_without_a_future_counts_as_ended),
        JOIN_TEST(dropping_drops_the_children_that_have_not_ended),
        JOIN_TEST(a_poll_after_completion_panics),
        JOIN_TEST(sixty_four_children_fit_and_one_more_panics),
        JOIN_TEST(an_array_of_another_length_panics_where_it_compiles),
        JOIN_TEST(a_join_that_was_moved_panics),
        JOIN_TEST(a_join_may_move_before_its_first_poll),
        JOIN_TEST(a_coroutine_finds_the_results_in_the_children),
        JOIN_TEST(the_first_error_drops_the_rest_and_goes_out),
        JOIN_TEST(without_try_an_error_ends_nothing),
        JOIN_TEST(a_trace_shows_the_children_that_have_not_ended),
        JOIN_TEST(a_child_that_uses_up_the_budget_does_not_starve_another),
        JOIN_TEST(a_pass_polls_each_child_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
