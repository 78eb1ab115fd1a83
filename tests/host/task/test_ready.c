/* SPDX-License-Identifier: MIT */
#include "task_test.h"

#include <tenorite/task/coroutine.h>
#include <tenorite/task/dyn_future.h>
#include <tenorite/task/join_all.h>
#include <tenorite/task/pinned.h>
#include <tenorite/task/ready.h>

static struct context polling = {.executor = &executor};

READY_FUTURE(ready_number, unsigned);

static void ready_is_ready_at_once_with_its_value(void **state)
{
    struct ready_number number;

    (void)state;
    ready_number_init(&number, 5);
    assert_int_equal(ready_number_poll(&number, &polling), POLL_READY);
    assert_int_equal(number.result, 5);
    EXPECT_PANIC("ready_number", { (void)ready_number_poll(&number, &polling); });
}

static void pending_is_never_ready(void **state)
{
    struct pending pending;

    (void)state;
    pending_init(&pending);
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(pending_poll(&pending, &polling), POLL_PENDING);
    pending_drop(&pending);
}

static void both_may_move_between_polls(void **state)
{
    struct ready_number here, there;
    struct pending idle, other;

    (void)state;
    ready_number_init(&here, 7);
    ready_number_move(&there, &here);
    assert_int_equal(ready_number_poll(&there, &polling), POLL_READY);
    assert_int_equal(there.result, 7);
    pending_init(&idle);
    assert_int_equal(pending_poll(&idle, &polling), POLL_PENDING);
    pending_move(&other, &idle);
    assert_int_equal(pending_poll(&other, &polling), POLL_PENDING);
}

/* One of two futures, chosen at run time, without an allocation: the frames share a union. */
union ways {
    struct ready_number number;
    struct pending pending;
};

ASYNC_STATIC_FRAME(either, bool is_known; union ways ways; struct dyn_future way; unsigned cleanups;);

static void either_init(struct either *self, bool is_known)
{
    coroutine_init(&self->coroutine);
    self->is_known = is_known;
    self->cleanups = 0;
}

ASYNC(either)
{
    ASYNC_BEGIN;
    AWAIT(dyn_future, &self->way,
          self->is_known ? START(ready_number, &self->ways.number, 3) : START(pending, &self->ways.pending));
    ASYNC_CLEANUP;
    self->cleanups++;
    ASYNC_END;
}

static void a_dyn_future_is_one_of_several(void **state)
{
    struct either left, right;

    (void)state;
    either_init(&left, true);
    assert_int_equal(either_poll(&left, &polling), POLL_READY);
    assert_int_equal(left.ways.number.result, 3);
    either_init(&right, false);
    assert_int_equal(either_poll(&right, &polling), POLL_PENDING);
    either_drop(&right);
    assert_int_equal(right.cleanups, 1);
}

static void a_dyn_future_polled_after_completion_panics(void **state)
{
    struct ready_number number;
    struct dyn_future future;

    (void)state;
    dyn_future_init(&future, START(ready_number, &number, 1));
    assert_true(dyn_future_is_live(&future));
    assert_int_equal(dyn_future_poll(&future, &polling), POLL_READY);
    assert_false(dyn_future_is_live(&future));
    EXPECT_PANIC("dyn_future", { (void)dyn_future_poll(&future, &polling); });
}

static unsigned poll_pinned_probe(struct probe_record *record, unsigned times)
{
    PIN_ON_STACK(probe, pinned, record);
    while (times-- && pinned_poll(&pinned, &polling) == POLL_PENDING)
        ;
    return record->drops;
}

static void a_future_pinned_on_the_stack_is_dropped_with_its_scope(void **state)
{
    struct probe_record unfinished = {.ready_at_poll = 3}, finished = {.ready_at_poll = 3};

    (void)state;
    assert_int_equal(poll_pinned_probe(&unfinished, 2), 0);
    assert_int_equal(unfinished.polls, 2);
    assert_int_equal(unfinished.drops, 1);
    poll_pinned_probe(&finished, 3);
    assert_int_equal(finished.polls, 3);
    assert_int_equal(finished.drops, 0);
}

static void a_result_is_in_the_frame_on_the_stack(void **state)
{
    PIN_ON_STACK(ready_number, number, 8);
    assert_int_equal(pinned_poll(&number, &polling), POLL_READY);
    assert_int_equal(number_frame.result, 8);
    (void)state;
}

static void block_on_runs_a_join_whose_parts_are_on_the_stack(void **state)
{
    struct ready_number left, right;
    struct dyn_future both[2];
    struct join_all join;

    (void)state;
    assert_int_equal(BLOCK_ON(&executor, join_all, &join,
                              FUTURES(both, START(ready_number, &left, 4), START(ready_number, &right, 5))),
                     SPAWN_OK);
    assert_int_equal(left.result + right.result, 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TASK_TEST(ready_is_ready_at_once_with_its_value),
        TASK_TEST(pending_is_never_ready),
        TASK_TEST(both_may_move_between_polls),
        TASK_TEST(a_future_pinned_on_the_stack_is_dropped_with_its_scope),
        TASK_TEST(a_result_is_in_the_frame_on_the_stack),
        TASK_TEST(block_on_runs_a_join_whose_parts_are_on_the_stack),
        TASK_TEST(a_dyn_future_is_one_of_several),
        TASK_TEST(a_dyn_future_polled_after_completion_panics),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
