/* SPDX-License-Identifier: MIT */
#include "task_test.h"

#include <string.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/yield.h>

ASYNC_STATIC_FRAME(worker, char letter; unsigned portions; struct yield yield;);

static void worker_init(struct worker *self, char letter, unsigned portions)
{
    coroutine_init(&self->coroutine);
    self->letter = letter;
    self->portions = portions;
}

ASYNC(worker)
{
    ASYNC_BEGIN;
    for (; self->portions > 0; self->portions--) {
        strncat(trace, &self->letter, 1);
        AWAIT(yield, &self->yield);
    }
    ASYNC_END;
}

static void spawn_worker(char letter, unsigned portions)
{
    struct spawn_result result = SPAWN(&executor, worker, "worker", letter, portions);
    assert_int_equal(result.error, SPAWN_OK);
}

static void tasks_that_yield_take_turns(void **state)
{
    (void)state;
    spawn_worker('a', 3);
    spawn_worker('b', 2);
    spawn_worker('c', 4);
    run();
    assert_string_equal(trace, "abcabcacc");
    assert_int_equal(count_tasks(), 0);
}

static void a_task_that_yields_alone_goes_on(void **state)
{
    (void)state;
    spawn_worker('a', 100);
    run();
    assert_int_equal(strlen(trace), 100);
    assert_int_equal(executor.statistics.polls, 101);
}

static void a_poll_after_completion_panics(void **state)
{
    struct context context = {.executor = &executor, .waker = WAKER_NONE};
    struct yield yield;
    (void)state;
    yield_init(&yield);
    assert_int_equal(yield_poll(&yield, &context), POLL_PENDING);
    assert_int_equal(yield_poll(&yield, &context), POLL_READY);
    EXPECT_PANIC("polled after completion", { (void)yield_poll(&yield, &context); });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TASK_TEST(tasks_that_yield_take_turns),
        TASK_TEST(a_task_that_yields_alone_goes_on),
        TASK_TEST(a_poll_after_completion_panics),
    };

    return cmocka_run_group_tests_name("yield", tests, NULL, NULL);
}
