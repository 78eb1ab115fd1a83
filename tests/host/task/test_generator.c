/* SPDX-License-Identifier: MIT */
#include "task_test.h"

#include <stdio.h>
#include <string.h>
#include <tenorite/task/generator.h>
#include <tenorite/task/stream_fold.h>
#include <tenorite/task/unconstrained.h>
#include <tenorite/task/yield.h>

static struct context polling = {.executor = &executor};
static char story[64];

static void tell(unsigned number)
{
    size_t length = strlen(story);

    snprintf(story + length, sizeof(story) - length, "%u ", number);
}

static int story_setup(void **state)
{
    int result = task_test_setup(state);

    story[0] = '\0';
    executor.budget = POLL_BUDGET;
    return result;
}

#define STORY_TEST(function) cmocka_unit_test_setup_teardown(function, story_setup, task_test_teardown)

/* The classic example: who resumes and who is resumed take turns, in the order 1 2 3 4 5. */
GENERATOR_STATIC_FRAME(unsigned, turns, unsigned result; unsigned cleanups;);

static void turns_init(struct turns *self)
{
    coroutine_init(&self->coroutine);
    self->result = self->cleanups = 0;
}

static unsigned line_of_last_yield;

GENERATOR(turns)
{
    ASYNC_BEGIN;
    tell(2);
    line_of_last_yield = __LINE__ + 1;
    YIELD(17);
    tell(4);
    self->result = 99;
    ASYNC_CLEANUP;
    self->cleanups++;
    ASYNC_END;
}

static void the_order_is_1_2_3_4_5(void **state)
{
    struct turns turns;

    (void)state;
    turns_init(&turns);
    tell(1);
    assert_int_equal(turns_resume(&turns), NEXT_ITEM);
    assert_int_equal(turns.item, 17);
    assert_int_equal(turns_stream.future.awaited_line(&turns), line_of_last_yield);
    tell(3);
    assert_int_equal(turns_resume(&turns), NEXT_END);
    assert_int_equal(turns.result, 99);
    tell(5);
    assert_string_equal(story, "1 2 3 4 5 ");
    assert_int_equal(turns.cleanups, 1);
}

static void resume_after_completion_panics(void **state)
{
    struct turns turns;

    (void)state;
    turns_init(&turns);
    assert_int_equal(turns_resume(&turns), NEXT_ITEM);
    assert_int_equal(turns_resume(&turns), NEXT_END);
    EXPECT_PANIC("turns_body: polled after completion", { (void)turns_resume(&turns); });
}

/* State is kept between yields. */
GENERATOR_STATIC_FRAME(unsigned, fibonacci, unsigned before; unsigned current; unsigned limit;);

static void fibonacci_init(struct fibonacci *self, unsigned limit)
{
    coroutine_init(&self->coroutine);
    self->limit = limit;
    self->before = 1;
    self->current = 0;
}

GENERATOR(fibonacci)
{
    ASYNC_BEGIN;
    while (self->current <= self->limit) {
        YIELD(self->current);
        unsigned next = self->before + self->current;
        self->before = self->current;
        self->current = next;
    }
    ASYNC_END;
}

static void state_is_kept_between_yields(void **state)
{
    struct fibonacci fibonacci;

    (void)state;
    fibonacci_init(&fibonacci, 21);
    assert_int_equal(fibonacci_size_hint(&fibonacci).most, SIZE_MAX);
    while (fibonacci_resume(&fibonacci) == NEXT_ITEM)
        tell(fibonacci.item);
    assert_string_equal(story, "0 1 1 2 3 5 8 13 21 ");
    assert_int_equal(fibonacci_size_hint(&fibonacci).most, 0);
}

static void two_instances_do_not_mix(void **state)
{
    struct fibonacci left, right;

    (void)state;
    fibonacci_init(&left, 100);
    fibonacci_init(&right, 100);
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(fibonacci_resume(&left), NEXT_ITEM);
    assert_int_equal(fibonacci_resume(&right), NEXT_ITEM);
    assert_int_equal(left.item, 3);
    assert_int_equal(right.item, 0);
    fibonacci_drop(&left);
    fibonacci_drop(&right);
}

static void dropped_at_a_yield_the_cleanup_runs_once(void **state)
{
    struct turns turns;

    (void)state;
    turns_init(&turns);
    assert_int_equal(turns_resume(&turns), NEXT_ITEM);
    turns_drop(&turns);
    turns_drop(&turns);
    assert_int_equal(turns.cleanups, 1);
    assert_string_equal(story, "2 ");
}

static void dropped_before_the_first_item_only_the_cleanup_runs(void **state)
{
    struct turns turns;

    (void)state;
    turns_init(&turns);
    turns_drop(&turns);
    assert_int_equal(turns.cleanups, 1);
    assert_string_equal(story, "");
}

static void a_generator_that_was_moved_panics(void **state)
{
    struct turns here, there;

    (void)state;
    turns_init(&here);
    assert_int_equal(turns_resume(&here), NEXT_ITEM);
    memcpy(&there, &here, sizeof(there));
    EXPECT_PANIC("must not move", { (void)turns_resume(&there); });
    turns_drop(&here);
}

/* The wrapping that the first async functions were made of: each yield is one pending. */
GENERATOR_FUTURE(run_turns, turns);

static void run_turns_init(struct run_turns *self)
{
    turns_init(run_turns_source(self));
}

static void a_generator_wrapped_as_a_future_is_pending_at_each_yield(void **state)
{
    struct run_turns run_turns;

    (void)state;
    run_turns_init(&run_turns);
    assert_int_equal(run_turns_poll(&run_turns, &polling), POLL_PENDING);
    tell(3);
    assert_int_equal(run_turns_poll(&run_turns, &polling), POLL_READY);
    assert_int_equal(run_turns.result, 99);
    assert_string_equal(story, "2 3 4 ");
}

static void wrapped_as_a_future_it_runs_as_a_task(void **state)
{
    (void)state;
    assert_int_equal(SPAWN(&executor, run_turns, NULL).error, SPAWN_OK);
    run();
    assert_string_equal(story, "2 4 ");
    assert_int_equal(executor.statistics.polls, 2);
    assert_int_equal(count_tasks(), 0);
}

/* An async generator: awaits between its items. */
GENERATOR_STATIC_FRAME(unsigned, slow, unsigned i; struct yield yield;);

static void slow_init(struct slow *self)
{
    coroutine_init(&self->coroutine);
}

GENERATOR(slow)
{
    ASYNC_BEGIN;
    for (self->i = 1; self->i <= 3; self->i++) {
        AWAIT(yield, &self->yield);
        YIELD(self->i * 10);
    }
    ASYNC_END;
}

static void a_generator_that_awaits_is_pending_meanwhile(void **state)
{
    struct slow slow;

    (void)state;
    slow_init(&slow);
    for (unsigned i = 1; i <= 3; i++) {
        assert_int_equal(slow_next(&slow, &polling), NEXT_PENDING);
        assert_int_equal(slow_next(&slow, &polling), NEXT_ITEM);
        assert_int_equal(slow.item, i * 10);
    }
    assert_int_equal(slow_next(&slow, &polling), NEXT_END);
}

static void resuming_a_generator_that_awaits_without_an_executor_panics(void **state)
{
    struct slow slow;

    (void)state;
    slow_init(&slow);
    EXPECT_PANIC("slow awaits", { (void)slow_resume(&slow); });
}

/* Never waits. */
enum { MANY = 1000 };

GENERATOR_STATIC_FRAME(unsigned, numbers, unsigned i;);

static void numbers_init(struct numbers *self)
{
    coroutine_init(&self->coroutine);
}

GENERATOR(numbers)
{
    ASYNC_BEGIN;
    for (self->i = 1; self->i <= MANY; self->i++)
        YIELD(self->i);
    ASYNC_END;
}

FOR_EACH_FUTURE(add_all, numbers, add_number, unsigned *sum;);

static void add_number(struct add_all *self, unsigned item)
{
    *self->sum += item;
}

static void add_all_init(struct add_all *self, unsigned *sum)
{
    self->sum = sum;
    numbers_init(add_all_source(self));
}

ASYNC_STATIC_FRAME(add_all_at_once, unsigned *sum; struct add_all add_all; struct unconstrained unconstrained;);

static void add_all_at_once_init(struct add_all_at_once *self, unsigned *sum)
{
    coroutine_init(&self->coroutine);
    self->sum = sum;
}

ASYNC(add_all_at_once)
{
    ASYNC_BEGIN;
    AWAIT(unconstrained, &self->unconstrained, START(add_all, &self->add_all, self->sum));
    ASYNC_END;
}

/* Case 28. */
static void a_generator_that_never_waits_gives_way_when_the_budget_is_used_up(void **state)
{
    struct probe_record bystander = {.ready_at_poll = 5, .self_wakes = 1};
    unsigned sum = 0;

    (void)state;
    assert_int_equal(SPAWN(&executor, add_all, NULL, &sum).error, SPAWN_OK);
    spawn_probe(&bystander);
    run();
    assert_int_equal(sum, MANY * (MANY + 1) / 2);
    assert_int_equal(executor.statistics.polls - bystander.polls, 1 + MANY / POLL_BUDGET);
}

static void unconstrained_it_never_gives_way(void **state)
{
    unsigned sum = 0;

    (void)state;
    assert_int_equal(SPAWN(&executor, add_all_at_once, NULL, &sum).error, SPAWN_OK);
    run();
    assert_int_equal(sum, MANY * (MANY + 1) / 2);
    assert_int_equal(executor.statistics.polls, 1);
}

static void unconstrained_leaves_the_budget_of_the_others_alone(void **state)
{
    struct unconstrained unconstrained;
    struct add_all add_all;
    unsigned sum = 0;

    (void)state;
    executor.budget = 3;
    unconstrained_init(&unconstrained, START(add_all, &add_all, &sum));
    assert_int_equal(unconstrained_poll(&unconstrained, &polling), POLL_READY);
    assert_int_equal(executor.budget, 3);
    EXPECT_PANIC("polled after completion", { (void)unconstrained_poll(&unconstrained, &polling); });
}

static void dropping_an_unconstrained_drops_its_source(void **state)
{
    struct probe_record record = {};
    struct unconstrained unconstrained;
    struct probe probe;

    (void)state;
    unconstrained_init(&unconstrained, START(probe, &probe, &record));
    unconstrained_drop(&unconstrained);
    unconstrained_drop(&unconstrained);
    assert_int_equal(record.drops, 1);
}

static void an_item_that_found_no_budget_is_held_for_the_next_poll(void **state)
{
    struct numbers dropped, numbers;

    (void)state;
    executor.budget = 1;
    numbers_init(&numbers);
    assert_int_equal(numbers_next(&numbers, &polling), NEXT_ITEM);
    assert_int_equal(numbers_next(&numbers, &polling), NEXT_PENDING);
    executor.budget = 2;
    assert_int_equal(numbers_next(&numbers, &polling), NEXT_ITEM);
    assert_int_equal(numbers.item, 2);
    assert_int_equal(numbers_next(&numbers, &polling), NEXT_ITEM);
    assert_int_equal(numbers.item, 3);
    numbers_drop(&numbers);
    numbers_init(&dropped);
    assert_int_equal(numbers_next(&dropped, &polling), NEXT_PENDING);
    numbers_drop(&dropped);
    EXPECT_PANIC("polled after completion", { (void)numbers_next(&dropped, &polling); });
}

/* A coroutine that listens to a generator. */
ASYNC_STATIC_FRAME(listener, struct slow slow; struct stream_next next; struct yield yield; unsigned sum;);

static void listener_init(struct listener *self)
{
    coroutine_init(&self->coroutine);
    slow_init(&self->slow);
    self->sum = 0;
}

static unsigned listener_sum;

ASYNC(listener)
{
    ASYNC_BEGIN;
    for (;;) {
        AWAIT(stream_next, &self->next, STREAM(slow, &self->slow));
        if (self->next.result == NEXT_END)
            break;
        self->sum += self->slow.item;
        AWAIT(yield, &self->yield);
    }
    ASYNC_CLEANUP;
    slow_drop(&self->slow);
    listener_sum = self->sum;
    ASYNC_END;
}

static void a_coroutine_takes_item_after_item(void **state)
{
    (void)state;
    assert_int_equal(SPAWN(&executor, listener, NULL).error, SPAWN_OK);
    run();
    assert_int_equal(listener_sum, 60);
    assert_int_equal(count_tasks(), 0);
}

static void show(struct tracer *tracer, const struct future_type *type, const void *future)
{
    size_t length = strlen(story);

    (void)future;
    snprintf(story + length, sizeof(story) - length, "%u %s\n", tracer->depth, type->name);
}

static void a_trace_goes_through_streams(void **state)
{
    struct listener listener;
    struct tracer tracer;

    (void)state;
    tracer_init(&tracer, show);
    listener_init(&listener);
    assert_int_equal(listener_poll(&listener, &polling), POLL_PENDING);
    future_trace(&listener_type, &listener, &tracer);
    assert_string_equal(story, "0 listener\n1 stream_next\n2 slow\n3 yield\n");
    listener_drop(&listener);
    assert_true(coroutine_has_ended(&listener.slow.coroutine));
}

static void a_trace_goes_through_unconstrained(void **state)
{
    struct probe_record record = {};
    struct unconstrained unconstrained;
    struct tracer tracer;
    struct probe probe;

    (void)state;
    tracer_init(&tracer, show);
    unconstrained_init(&unconstrained, START(probe, &probe, &record));
    future_trace(&unconstrained_type, &unconstrained, &tracer);
    assert_string_equal(story, "0 unconstrained\n1 probe\n");
    unconstrained_drop(&unconstrained);
}

static void a_stream_next_polled_after_completion_panics(void **state)
{
    struct stream_next next;
    struct turns turns;

    (void)state;
    turns_init(&turns);
    stream_next_init(&next, STREAM(turns, &turns));
    assert_int_equal(stream_next_poll(&next, &polling), POLL_READY);
    assert_int_equal(next.result, NEXT_ITEM);
    EXPECT_PANIC("stream_next", { (void)stream_next_poll(&next, &polling); });
    turns_drop(&turns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY_TEST(the_order_is_1_2_3_4_5),
        STORY_TEST(resume_after_completion_panics),
        STORY_TEST(state_is_kept_between_yields),
        STORY_TEST(two_instances_do_not_mix),
        STORY_TEST(dropped_at_a_yield_the_cleanup_runs_once),
        STORY_TEST(dropped_before_the_first_item_only_the_cleanup_runs),
        STORY_TEST(a_generator_that_was_moved_panics),
        STORY_TEST(a_generator_wrapped_as_a_future_is_pending_at_each_yield),
        STORY_TEST(wrapped_as_a_future_it_runs_as_a_task),
        STORY_TEST(a_generator_that_awaits_is_pending_meanwhile),
        STORY_TEST(resuming_a_generator_that_awaits_without_an_executor_panics),
        STORY_TEST(a_generator_that_never_waits_gives_way_when_the_budget_is_used_up),
        STORY_TEST(unconstrained_it_never_gives_way),
        STORY_TEST(unconstrained_leaves_the_budget_of_the_others_alone),
        STORY_TEST(dropping_an_unconstrained_drops_its_source),
        STORY_TEST(an_item_that_found_no_budget_is_held_for_the_next_poll),
        STORY_TEST(a_coroutine_takes_item_after_item),
        STORY_TEST(a_trace_goes_through_streams),
        STORY_TEST(a_trace_goes_through_unconstrained),
        STORY_TEST(a_stream_next_polled_after_completion_panics),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
