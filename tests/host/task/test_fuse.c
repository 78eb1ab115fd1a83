/* SPDX-License-Identifier: MIT */
#include "task_test.h"

#include <tenorite/task/fuse.h>

static struct context polling = {.executor = &executor};

static void after_completion_a_fuse_is_pending_and_polls_nothing(void **state)
{
    struct probe_record record = {.ready_at_poll = 2};
    struct probe probe;
    struct fuse fuse;

    (void)state;
    fuse_init(&fuse, START(probe, &probe, &record));
    assert_int_equal(fuse_poll(&fuse, &polling), POLL_PENDING);
    assert_false(fuse_has_ended(&fuse));
    assert_int_equal(fuse_poll(&fuse, &polling), POLL_READY);
    assert_true(fuse_has_ended(&fuse));
    assert_int_equal(fuse_poll(&fuse, &polling), POLL_PENDING);
    assert_int_equal(record.polls, 2);
    fuse_drop(&fuse);
    assert_int_equal(record.drops, 0);
}

static void dropping_a_fuse_drops_its_source_once(void **state)
{
    struct probe_record record = {};
    struct probe probe;
    struct fuse fuse;

    (void)state;
    fuse_init(&fuse, START(probe, &probe, &record));
    fuse_drop(&fuse);
    fuse_drop(&fuse);
    assert_int_equal(record.drops, 1);
    assert_int_equal(fuse_poll(&fuse, &polling), POLL_PENDING);
    assert_int_equal(record.polls, 0);
}

static unsigned deepest;

static void count_depth(struct tracer *tracer, const struct future_type *type, const void *future)
{
    (void)type;
    (void)future;
    deepest = tracer->depth;
}

static void a_trace_shows_the_source_until_it_has_ended(void **state)
{
    struct probe_record record = {.ready_at_poll = 1};
    struct tracer tracer;
    struct probe probe;
    struct fuse fuse;

    (void)state;
    tracer_init(&tracer, count_depth);
    fuse_init(&fuse, START(probe, &probe, &record));
    future_trace(&fuse_type, &fuse, &tracer);
    assert_int_equal(deepest, 1);
    assert_int_equal(fuse_poll(&fuse, &polling), POLL_READY);
    future_trace(&fuse_type, &fuse, &tracer);
    assert_int_equal(deepest, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TASK_TEST(after_completion_a_fuse_is_pending_and_polls_nothing),
        TASK_TEST(dropping_a_fuse_drops_its_source_once),
        TASK_TEST(a_trace_shows_the_source_until_it_has_ended),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
