/* SPDX-License-Identifier: MIT */
#include "task_test.h"

#include <tenorite/task/byte_queue.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/map.h>
#include <tenorite/task/yield.h>

static struct context polling = {.executor = &executor};

static struct byte_queue queue;
static uint8_t storage[8];

static int map_setup(void **state)
{
    byte_queue_init(&queue, storage, sizeof(storage));
    return task_test_setup(state);
}

#define MAP_TEST(function) cmocka_unit_test_setup_teardown(function, map_setup, task_test_teardown)

static unsigned digit_of(struct byte_read *read)
{
    return read->result - '0';
}

MAP_FUTURE(read_digit, byte_read, unsigned, digit_of);

static void read_digit_init(struct read_digit *self, struct byte_queue *from)
{
    byte_read_init(read_digit_source(self), from);
}

static void map_gives_what_the_function_makes_of_the_result(void **state)
{
    struct read_digit digit;

    (void)state;
    read_digit_init(&digit, &queue);
    assert_int_equal(read_digit_poll(&digit, &polling), POLL_PENDING);
    byte_queue_push(&queue, '7');
    assert_int_equal(read_digit_poll(&digit, &polling), POLL_READY);
    assert_int_equal(digit.result, 7);
    EXPECT_PANIC("polled after completion", { (void)read_digit_poll(&digit, &polling); });
    assert_int_equal(*(unsigned *)((char *)&digit + read_digit_type.result_offset), 7);
}

static void dropping_a_map_drops_its_source(void **state)
{
    struct context with_waker = {.executor = &executor, .waker = {64}};
    struct read_digit digit;

    (void)state;
    read_digit_init(&digit, &queue);
    assert_int_equal(read_digit_poll(&digit, &with_waker), POLL_PENDING);
    read_digit_drop(&digit);
    assert_int_equal(queue.reader.bits, 0);
}

/* A step that can fail and tells what happened to it. */
enum step_error { STEP_OK, STEP_REFUSED = 3 };

ASYNC_STATIC_FRAME_OF(unsigned, step, enum step_error error; unsigned number; unsigned cleanups; struct yield yield;);

static void step_init(struct step *self, unsigned number)
{
    coroutine_init(&self->coroutine);
    self->number = number;
    self->error = STEP_OK;
    self->cleanups = 0;
}

/* Odd numbers fail. */
ASYNC(step)
{
    ASYNC_BEGIN;
    AWAIT(yield, &self->yield);
    self->result = self->number / 2;
    self->error = self->number % 2 ? STEP_REFUSED : STEP_OK;
    ASYNC_CLEANUP;
    self->cleanups++;
    ASYNC_END;
}

static unsigned starts;

static void start_next(struct step *next, struct step *first)
{
    starts++;
    step_init(next, first->result);
}

THEN_FUTURE(two_steps, step, step, start_next, FUTURE_RESULT_OF_NEXT(two_steps));
AND_THEN_FUTURE(careful_steps, step, step, start_next, FUTURE_RESULT_OF_NEXT(careful_steps));

static void two_steps_init(struct two_steps *self, unsigned number)
{
    step_init(two_steps_source(self), number);
}

static void careful_steps_init(struct careful_steps *self, unsigned number)
{
    step_init(careful_steps_source(self), number);
}

static void then_starts_the_second_with_the_result_of_the_first(void **state)
{
    struct two_steps steps;

    (void)state;
    starts = 0;
    two_steps_init(&steps, 13);
    assert_int_equal(two_steps_poll(&steps, &polling), POLL_PENDING);
    assert_int_equal(starts, 0);
    assert_int_equal(two_steps_poll(&steps, &polling), POLL_PENDING);
    assert_int_equal(starts, 1);
    assert_int_equal(two_steps_poll(&steps, &polling), POLL_READY);
    assert_int_equal(steps.next.result, 3);
    assert_int_equal(*(unsigned *)((char *)&steps + two_steps_type.result_offset), 3);
    assert_int_equal(starts, 1);
    EXPECT_PANIC("polled after completion", { (void)two_steps_poll(&steps, &polling); });
}

static void dropping_a_then_drops_the_part_that_runs(void **state)
{
    struct two_steps first, second;

    (void)state;
    two_steps_init(&first, 12);
    assert_int_equal(two_steps_poll(&first, &polling), POLL_PENDING);
    two_steps_drop(&first);
    assert_int_equal(first.source.cleanups, 1);
    two_steps_init(&second, 12);
    assert_int_equal(two_steps_poll(&second, &polling), POLL_PENDING);
    assert_int_equal(two_steps_poll(&second, &polling), POLL_PENDING);
    two_steps_drop(&second);
    assert_int_equal(second.source.cleanups, 1);
    assert_int_equal(second.next.cleanups, 1);
}

static enum step_error run_carefully(unsigned number)
{
    struct careful_steps steps;

    starts = 0;
    careful_steps_init(&steps, number);
    while (careful_steps_poll(&steps, &polling) == POLL_PENDING)
        ;
    return steps.error;
}

static void and_then_stops_at_the_first_error(void **state)
{
    (void)state;
    assert_int_equal(run_carefully(1), STEP_REFUSED);
    assert_int_equal(starts, 0);
    assert_int_equal(run_carefully(2), STEP_REFUSED);
    assert_int_equal(starts, 1);
    assert_int_equal(run_carefully(4), STEP_OK);
    assert_int_equal(starts, 1);
}

static const struct future_type *deepest;

static void remember(struct tracer *tracer, const struct future_type *type, const void *future)
{
    (void)tracer;
    (void)future;
    deepest = type;
}

static void a_trace_shows_the_part_that_runs(void **state)
{
    struct two_steps steps;
    struct read_digit digit;
    struct tracer tracer;

    (void)state;
    tracer_init(&tracer, remember);
    read_digit_init(&digit, &queue);
    future_trace(&read_digit_type, &digit, &tracer);
    assert_string_equal(deepest->name, "byte_read");
    two_steps_init(&steps, 8);
    future_trace(&two_steps_type, &steps, &tracer);
    assert_string_equal(deepest->name, "step");
    assert_int_equal(two_steps_poll(&steps, &polling), POLL_PENDING);
    assert_int_equal(two_steps_poll(&steps, &polling), POLL_PENDING);
    future_trace(&two_steps_type, &steps, &tracer);
    assert_string_equal(deepest->name, "yield");
    two_steps_drop(&steps);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MAP_TEST(map_gives_what_the_function_makes_of_the_result),
        MAP_TEST(dropping_a_map_drops_its_source),
        MAP_TEST(then_starts_the_second_with_the_result_of_the_first),
        MAP_TEST(dropping_a_then_drops_the_part_that_runs),
        MAP_TEST(and_then_stops_at_the_first_error),
        MAP_TEST(a_trace_shows_the_part_that_runs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
