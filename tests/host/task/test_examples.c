/* SPDX-License-Identifier: MIT */
/*
 * The examples by which futures, generators and pinning are usually explained, each with what it has to show.
 */
#include "task_test.h"

#include <stdio.h>
#include <string.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/generator.h>
#include <tenorite/task/join_all.h>
#include <tenorite/task/map.h>
#include <tenorite/task/yield.h>

enum { TEXT_BYTES = 32 };

static struct context polling = {.executor = &executor};
static char printed[TEXT_BYTES];

static int examples_setup(void **state)
{
    int result = task_test_setup(state);

    printed[0] = '\0';
    executor.budget = POLL_BUDGET;
    return result;
}

#define EXAMPLE_TEST(function) cmocka_unit_test_setup_teardown(function, examples_setup, task_test_teardown)

/* A task that awaits the number 42 and prints it. */
ASYNC_STATIC_FRAME_OF(unsigned, async_number, );
ASYNC_STATIC_FRAME(example_task, struct async_number number;);

static void async_number_init(struct async_number *self)
{
    coroutine_init(&self->coroutine);
}

ASYNC(async_number)
{
    ASYNC_BEGIN;
    self->result = 42;
    ASYNC_END;
}

static void example_task_init(struct example_task *self)
{
    coroutine_init(&self->coroutine);
}

ASYNC(example_task)
{
    ASYNC_BEGIN;
    AWAIT(async_number, &self->number);
    snprintf(printed, sizeof(printed), "async number: %u", self->number.result);
    ASYNC_END;
}

static void the_example_task_prints_42_once_it_is_run(void **state)
{
    (void)state;
    assert_int_equal(SPAWN(&executor, example_task, NULL).error, SPAWN_OK);
    assert_string_equal(printed, "");
    run();
    assert_string_equal(printed, "async number: 42");
    assert_int_equal(executor.statistics.polls, 1);
}

/* Reads foo.txt, and bar.txt behind it if that was too short. The reads take as many polls as the test says. */
static unsigned pending_polls_of_a_read;

ASYNC_STATIC_FRAME(async_read_file, const char *name; unsigned left; char result[TEXT_BYTES]; struct yield yield;);

static void async_read_file_init(struct async_read_file *self, const char *name)
{
    coroutine_init(&self->coroutine);
    self->name = name;
    self->left = pending_polls_of_a_read;
}

ASYNC(async_read_file)
{
    ASYNC_BEGIN;
    while (self->left--)
        AWAIT(yield, &self->yield);
    strcpy(self->result, strcmp(self->name, "foo.txt") == 0 ? "foo!" : "bar?");
    ASYNC_END;
}

ASYNC_STATIC_FRAME(example, size_t min_len; char result[TEXT_BYTES]; struct async_read_file read;);

static void example_init(struct example *self, size_t min_len)
{
    coroutine_init(&self->coroutine);
    self->min_len = min_len;
}

static void append(char text[TEXT_BYTES], const char *more)
{
    size_t length = strlen(text);

    for (; *more && length < TEXT_BYTES - 1; length++)
        text[length] = *more++;
    text[length] = '\0';
}

ASYNC(example)
{
    ASYNC_BEGIN;
    AWAIT(async_read_file, &self->read, "foo.txt");
    strcpy(self->result, self->read.result);
    if (strlen(self->result) < self->min_len) {
        AWAIT(async_read_file, &self->read, "bar.txt");
        append(self->result, self->read.result);
    }
    ASYNC_END;
}

static unsigned polls_of_example(struct example *example, size_t min_len)
{
    unsigned polls = 1;

    example_init(example, min_len);
    while (example_poll(example, &polling) == POLL_PENDING)
        polls++;
    return polls;
}

static void the_example_reads_the_second_file_if_the_first_is_too_short(void **state)
{
    struct example example;

    (void)state;
    pending_polls_of_a_read = 2;
    assert_int_equal(polls_of_example(&example, 4), 3);
    assert_string_equal(example.result, "foo!");
    assert_int_equal(polls_of_example(&example, 5), 5);
    assert_string_equal(example.result, "foo!bar?");
}

static void what_is_ready_at_once_leads_straight_to_the_next_state(void **state)
{
    struct example example;

    (void)state;
    pending_polls_of_a_read = 0;
    assert_int_equal(polls_of_example(&example, 5), 1);
    assert_string_equal(example.result, "foo!bar?");
    EXPECT_PANIC("example_poll: polled after completion", { (void)example_poll(&example, &polling); });
}

/* Nothing happens before the first poll. */
static void a_future_that_nobody_polls_does_nothing(void **state)
{
    struct example_task task;

    (void)state;
    example_task_init(&task);
    example_task_drop(&task);
    assert_string_equal(printed, "");
}

/* The length of a text that a future will give. */
static size_t length_of(struct async_read_file *read)
{
    return strlen(read->result);
}

MAP_FUTURE(string_len, async_read_file, size_t, length_of);

static void string_len_init(struct string_len *self, const char *name)
{
    async_read_file_init(string_len_source(self), name);
}

static void a_map_gives_the_length_and_a_join_two_of_them(void **state)
{
    struct string_len left, right;
    struct dyn_future both[2];
    struct join_all join;

    (void)state;
    pending_polls_of_a_read = 1;
    join_all_init(&join, FUTURES(both, START(string_len, &left, "foo.txt"), START(string_len, &right, "bar.txt")));
    assert_int_equal(join_all_poll(&join, &polling), POLL_PENDING);
    assert_int_equal(join_all_poll(&join, &polling), POLL_READY);
    assert_int_equal(left.result + right.result, 8);
    assert_int_equal(heap_double_live_blocks(), 0);
}

/* A generator with two values that it keeps: one it yields, the other it returns. */
GENERATOR_STATIC_FRAME(int, number_and_foo, int number; const char *ret; const char *result;);

static void number_and_foo_init(struct number_and_foo *self)
{
    coroutine_init(&self->coroutine);
}

GENERATOR(number_and_foo)
{
    ASYNC_BEGIN;
    self->number = 42;
    self->ret = "foo";
    YIELD(self->number);
    self->result = self->ret;
    ASYNC_END;
}

static void a_generator_yields_42_and_returns_foo(void **state)
{
    struct number_and_foo generator;

    (void)state;
    number_and_foo_init(&generator);
    assert_int_equal(number_and_foo_resume(&generator), NEXT_ITEM);
    assert_int_equal(generator.item, 42);
    assert_int_equal(number_and_foo_resume(&generator), NEXT_END);
    assert_string_equal(generator.result, "foo");
    EXPECT_PANIC("polled after completion", { (void)number_and_foo_resume(&generator); });
}

/* The reason why frames must not move: one that points into itself, to the last element of its array. */
ASYNC_STATIC_FRAME_OF(int, pin_example, int array[3]; const int *element; struct yield yield;);

static void pin_example_init(struct pin_example *self)
{
    coroutine_init(&self->coroutine);
}

ASYNC(pin_example)
{
    ASYNC_BEGIN;
    for (int i = 0; i < 3; i++)
        self->array[i] = i + 1;
    self->element = &self->array[2];
    AWAIT(yield, &self->yield);
    self->array[2] = 7;
    self->result = *self->element;
    ASYNC_END;
}

static void a_frame_may_point_into_itself(void **state)
{
    struct pin_example first, moved_before, moved_after;

    (void)state;
    pin_example_init(&first);
    memcpy(&moved_before, &first, sizeof(first));
    assert_int_equal(pin_example_poll(&moved_before, &polling), POLL_PENDING);
    memcpy(&moved_after, &moved_before, sizeof(first));
    EXPECT_PANIC("must not move after its first poll", { (void)pin_example_poll(&moved_after, &polling); });
    assert_int_equal(pin_example_poll(&moved_before, &polling), POLL_READY);
    assert_int_equal(moved_before.result, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXAMPLE_TEST(the_example_task_prints_42_once_it_is_run),
        EXAMPLE_TEST(the_example_reads_the_second_file_if_the_first_is_too_short),
        EXAMPLE_TEST(what_is_ready_at_once_leads_straight_to_the_next_state),
        EXAMPLE_TEST(a_future_that_nobody_polls_does_nothing),
        EXAMPLE_TEST(a_map_gives_the_length_and_a_join_two_of_them),
        EXAMPLE_TEST(a_generator_yields_42_and_returns_foo),
        EXAMPLE_TEST(a_frame_may_point_into_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
