/* SPDX-License-Identifier: MIT */
#include "task_test.h"

#include <stdio.h>
#include <string.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/yield.h>

/* Who waits for whom; errors that go up; results that are left behind. */
enum NODISCARD step_error { STEP_OK, STEP_REFUSED };

ASYNC_STATIC_FRAME_OF(unsigned, inner, enum step_error error; bool fails; struct yield yield;);
ASYNC_STATIC_FRAME(outer, enum step_error error; bool fails; unsigned seen; unsigned cleanups; struct inner inner;);

static unsigned inner_line, outer_line;

static void inner_init(struct inner *self, bool fails)
{
    coroutine_init(&self->coroutine);
    self->fails = fails;
    self->error = STEP_OK;
    self->result = 0;
}

ASYNC(inner)
{
    ASYNC_BEGIN;
    inner_line = __LINE__ + 1;
    AWAIT(yield, &self->yield);
    if (self->fails) {
        self->error = STEP_REFUSED;
        ASYNC_RETURN;
    }
    self->result = 7;
    ASYNC_END;
}

static void outer_init(struct outer *self, bool fails)
{
    coroutine_init(&self->coroutine);
    self->error = STEP_OK;
    self->fails = fails;
    self->seen = self->cleanups = 0;
}

ASYNC(outer)
{
    ASYNC_BEGIN;
    outer_line = __LINE__ + 1;
    AWAIT_TRY(inner, &self->inner, self->fails);
    self->seen = self->inner.result;
    ASYNC_CLEANUP;
    self->cleanups++;
    ASYNC_END;
}

static enum poll poll_outer(struct outer *outer)
{
    struct context context = {.executor = &executor};

    return outer_poll(outer, &context);
}

static char chain[128];

static void write_down(struct tracer *tracer, const struct future_type *type, const void *future)
{
    size_t length = strlen(chain);

    snprintf(chain + length, sizeof(chain) - length, "%u %s %u\n", tracer->depth, type->name,
             type->awaited_line ? type->awaited_line(future) : 0);
}

static const char *trace_outer(struct outer *outer)
{
    struct tracer tracer;

    chain[0] = '\0';
    tracer_init(&tracer, write_down);
    future_trace(&outer_type, outer, &tracer);
    return chain;
}

static void a_trace_shows_each_future_down_to_the_leaf(void **state)
{
    char expected[128];
    struct outer outer;

    (void)state;
    outer_init(&outer, false);
    assert_int_equal(poll_outer(&outer), POLL_PENDING);
    snprintf(expected, sizeof expected, "0 outer %u\n1 inner %u\n2 yield 0\n", outer_line, inner_line);
    assert_string_equal(trace_outer(&outer), expected);
    assert_string_equal(trace_outer(&outer), expected);
    assert_int_equal(poll_outer(&outer), POLL_READY);
    assert_int_equal(outer.seen, 7);
}

static void before_the_first_poll_and_after_the_end_there_is_no_child(void **state)
{
    char expected[32];
    struct outer outer;

    (void)state;
    outer_init(&outer, false);
    assert_string_equal(trace_outer(&outer), "0 outer 0\n");
    assert_int_equal(outer.cleanups, 0);
    while (poll_outer(&outer) == POLL_PENDING)
        ;
    snprintf(expected, sizeof expected, "0 outer %u\n", outer_line);
    assert_string_equal(trace_outer(&outer), expected);
    assert_int_equal(outer.cleanups, 1);
}

static void an_error_goes_up_through_the_cleanup_section(void **state)
{
    struct outer outer;

    (void)state;
    outer_init(&outer, true);
    assert_int_equal(poll_outer(&outer), POLL_PENDING);
    assert_int_equal(poll_outer(&outer), POLL_READY);
    assert_int_equal(outer.error, STEP_REFUSED);
    assert_int_equal(outer.seen, 0);
    assert_int_equal(outer.cleanups, 1);
}

static void without_an_error_the_body_goes_on(void **state)
{
    struct outer outer;

    (void)state;
    outer_init(&outer, false);
    assert_int_equal(poll_outer(&outer), POLL_PENDING);
    assert_int_equal(poll_outer(&outer), POLL_READY);
    assert_int_equal(outer.error, STEP_OK);
    assert_int_equal(outer.seen, 7);
}

static void the_type_knows_where_the_result_is(void **state)
{
    struct inner inner;

    (void)state;
    inner_init(&inner, false);
    assert_int_equal(inner_type.result_size, sizeof(unsigned));
    assert_ptr_equal((char *)&inner + inner_type.result_offset, &inner.result);
    assert_int_equal(outer_type.result_size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TASK_TEST(a_trace_shows_each_future_down_to_the_leaf),
        TASK_TEST(before_the_first_poll_and_after_the_end_there_is_no_child),
        TASK_TEST(an_error_goes_up_through_the_cleanup_section),
        TASK_TEST(without_an_error_the_body_goes_on),
        TASK_TEST(the_type_knows_where_the_result_is),
    };

    return cmocka_run_group_tests_name("trace", tests, NULL, NULL);
}
