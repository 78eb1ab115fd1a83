/* SPDX-License-Identifier: MIT */
#include "task_test.h"

#include <string.h>
#include <tenorite/task/budget.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/sleep.h>

/* Sleeps `rounds` times, and writes its letter after each. */
ASYNC_STATIC_FRAME(sleeper, char letter; unsigned rounds; duration length; struct sleep sleep;);

static void sleeper_init(struct sleeper *self, char letter, unsigned rounds, duration length)
{
    coroutine_init(&self->coroutine);
    self->letter = letter;
    self->rounds = rounds;
    self->length = length;
}

ASYNC(sleeper)
{
    ASYNC_BEGIN;
    while (self->rounds--) {
        AWAIT(sleep, &self->sleep, self->length);
        trace[strlen(trace)] = self->letter;
    }
    ASYNC_END;
}

static struct task_handle spawn_sleeper(char letter, unsigned rounds, duration length)
{
    struct spawn_result result = SPAWN(&executor, sleeper, "sleeper", letter, rounds, length);

    assert_int_equal(result.error, SPAWN_OK);
    return result.task;
}

static void at(uint64_t now_ns, const char *expected_trace)
{
    clock_double_set_ns(now_ns);
    run();
    assert_string_equal(trace, expected_trace);
}

static void sleepers_wake_in_the_order_of_their_deadlines(void **state)
{
    (void)state;
    spawn_sleeper('c', 1, NANOSECONDS(30));
    spawn_sleeper('a', 1, NANOSECONDS(10));
    spawn_sleeper('b', 1, NANOSECONDS(20));
    at(0, "");
    at(9, "");
    at(10, "a");
    at(29, "ab");
    at(30, "abc");
    assert_int_equal(count_tasks(), 0);
}

static void equal_sleeps_wake_in_the_order_they_began(void **state)
{
    (void)state;
    spawn_sleeper('a', 2, MILLISECONDS(1));
    spawn_sleeper('b', 2, MILLISECONDS(1));
    spawn_sleeper('c', 2, MILLISECONDS(1));
    at(0, "");
    at(1000000, "abc");
    at(1999999, "abc");
    at(2000000, "abcabc");
}

static void a_sleep_counts_from_its_first_poll(void **state)
{
    (void)state;
    spawn_sleeper('a', 1, NANOSECONDS(10));
    at(100, "");
    at(109, "");
    at(110, "a");
}

static void a_sleep_of_zero_is_ready_at_once(void **state)
{
    (void)state;
    spawn_sleeper('a', 3, NANOSECONDS(0));
    at(0, "aaa");
    assert_int_equal(executor.statistics.polls, 1);
}

/* More than a poll may do: others get their turn in between. */
static void sleeps_of_zero_use_up_the_budget(void **state)
{
    struct probe_record bystander = {.letter = 'b'};

    (void)state;
    spawn_sleeper('z', 200, NANOSECONDS(0));
    spawn_probe(&bystander);
    run();
    assert_int_equal(strlen(trace), 201);
    assert_int_equal(strchr(trace, 'b') - trace, POLL_BUDGET);
}

static void a_sleep_for_ever_never_ends_and_can_be_cancelled(void **state)
{
    struct task_handle task = spawn_sleeper('a', 1, FOR_EVER);

    (void)state;
    at(0, "");
    at(UINT64_MAX, "");
    assert_int_equal(executor_cancel(task), CANCEL_REQUESTED);
    run();
    assert_int_equal(count_tasks(), 0);
    assert_int_equal(executor.timers.count, 0);
}

static void a_deadline_past_the_end_of_the_clock_is_never(void **state)
{
    struct task_handle task;

    (void)state;
    clock_double_set_ns(UINT64_MAX - 10);
    task = spawn_sleeper('a', 1, NANOSECONDS(20));
    run();
    at(UINT64_MAX, "");
    assert_int_equal(executor_cancel(task), CANCEL_REQUESTED);
    run();
}

static void one_task_sleeps_again_after_a_cancelled_sleep_for_ever(void **state)
{
    struct context context = {.executor = &executor};
    struct sleep sleep;

    (void)state;
    sleep_init(&sleep, FOR_EVER);
    assert_int_equal(sleep_poll(&sleep, &context), POLL_PENDING);
    sleep_drop(&sleep);
    sleep_init(&sleep, MILLISECONDS(1));
    assert_int_equal(sleep_poll(&sleep, &context), POLL_PENDING);
    clock_double_advance_ns(1000000);
    run();
    assert_int_equal(sleep_poll(&sleep, &context), POLL_READY);
    assert_int_equal(executor.timers.count, 0);
}

static void dropping_a_sleep_unlinks_it(void **state)
{
    struct task_handle tasks[3];

    (void)state;
    for (unsigned i = 0; i < 3; i++)
        tasks[i] = spawn_sleeper((char)('a' + i), 1, NANOSECONDS(10));
    at(0, "");
    assert_int_equal(executor.timers.count, 3);
    assert_int_equal(executor_cancel(tasks[1]), CANCEL_REQUESTED);
    run();
    assert_int_equal(executor.timers.count, 2);
    at(10, "ac");
}

static void a_sleep_dropped_before_its_first_poll_does_nothing(void **state)
{
    struct sleep sleep;

    (void)state;
    sleep_init(&sleep, MILLISECONDS(1));
    sleep_drop(&sleep);
    assert_int_equal(executor.timers.count, 0);
}

static void a_poll_without_a_wake_keeps_the_deadline(void **state)
{
    struct context context = {.executor = &executor};
    struct sleep sleep;

    (void)state;
    sleep_init(&sleep, NANOSECONDS(10));
    assert_int_equal(sleep_poll(&sleep, &context), POLL_PENDING);
    clock_double_set_ns(5);
    assert_int_equal(sleep_poll(&sleep, &context), POLL_PENDING);
    assert_int_equal(executor.timers.count, 1);
    clock_double_set_ns(10);
    run();
    assert_int_equal(sleep_poll(&sleep, &context), POLL_READY);
    assert_int_equal(executor.timers.count, 0);
}

/* The future moved to another task, or is a branch with a waker of its own: the latest waker counts. */
static void the_waker_of_the_latest_poll_is_woken(void **state)
{
    struct probe_record a = {}, b = {};
    struct sleep sleep;

    (void)state;
    spawn_probe(&a);
    spawn_probe(&b);
    run();
    sleep_init(&sleep, NANOSECONDS(10));
    assert_int_equal(sleep_poll(&sleep, &(struct context){&executor, a.waker, false}), POLL_PENDING);
    assert_int_equal(sleep_poll(&sleep, &(struct context){&executor, b.waker, false}), POLL_PENDING);
    clock_double_set_ns(10);
    run();
    assert_int_equal(a.polls, 1);
    assert_int_equal(b.polls, 2);
}

static void a_poll_after_completion_panics(void **state)
{
    struct context context = {.executor = &executor};
    struct sleep sleep;

    (void)state;
    sleep_init(&sleep, NANOSECONDS(0));
    assert_int_equal(sleep_poll(&sleep, &context), POLL_READY);
    EXPECT_PANIC("polled after completion", { (void)sleep_poll(&sleep, &context); });
}

static void a_sleep_until_a_deadline_ends_there(void **state)
{
    struct spawn_result result;

    (void)state;
    clock_double_set_ns(100);
    result = SPAWN(&executor, sleep_until, NULL, 150);
    assert_int_equal(result.error, SPAWN_OK);
    at(149, "");
    assert_int_equal(count_tasks(), 1);
    at(150, "");
    assert_int_equal(count_tasks(), 0);
}

static void a_sleep_until_the_past_is_ready_at_once(void **state)
{
    struct context context = {.executor = &executor};
    struct sleep_until sleep;

    (void)state;
    clock_double_set_ns(100);
    sleep_until_init(&sleep, 100);
    assert_int_equal(sleep_until_poll(&sleep, &context), POLL_READY);
    sleep_until_init(&sleep, 0);
    assert_int_equal(sleep_until_poll(&sleep, &context), POLL_READY);
    assert_int_equal(executor.timers.count, 0);
}

/* The look at the clock is what costs. */
static void a_sleep_looks_at_the_clock_once(void **state)
{
    struct context context = {.executor = &executor};
    struct sleep sleep;

    (void)state;
    sleep_init(&sleep, NANOSECONDS(10));
    clock_double_looks = 0;
    assert_int_equal(sleep_poll(&sleep, &context), POLL_PENDING);
    assert_int_equal(sleep_poll(&sleep, &context), POLL_PENDING);
    assert_int_equal(clock_double_looks, 1);
    sleep_drop(&sleep);
}

/* A sleep that belongs to a task, and that another can reach. */
static struct sleep shared_sleep;

ASYNC_STATIC_FRAME(shared_sleeper, duration length;);

static void shared_sleeper_init(struct shared_sleeper *self, duration length)
{
    coroutine_init(&self->coroutine);
    self->length = length;
}

ASYNC(shared_sleeper)
{
    ASYNC_BEGIN;
    AWAIT(sleep, &shared_sleep, self->length);
    trace[strlen(trace)] = 's';
    ASYNC_END;
}

static void spawn_shared_sleeper(duration length)
{
    struct spawn_result result = SPAWN(&executor, shared_sleeper, NULL, length);

    assert_int_equal(result.error, SPAWN_OK);
    run();
}

static void a_waiting_sleep_can_be_made_longer_and_shorter(void **state)
{
    (void)state;
    spawn_shared_sleeper(NANOSECONDS(100));
    clock_double_set_ns(50);
    sleep_reset(&shared_sleep, NANOSECONDS(100));
    at(149, "");
    sleep_reset(&shared_sleep, NANOSECONDS(1000));
    at(150, "");
    sleep_reset(&shared_sleep, NANOSECONDS(5));
    at(154, "");
    at(155, "s");
}

static void a_sleep_that_is_reset_to_the_past_ends_at_once(void **state)
{
    (void)state;
    clock_double_set_ns(1000);
    spawn_shared_sleeper(FOR_EVER);
    sleep_until_reset(&shared_sleep.until, 10);
    at(1000, "s");
}

/* The timer has fired and the task is woken, but has not looked yet. */
static void a_sleep_that_is_reset_after_it_has_fired_goes_on(void **state)
{
    (void)state;
    spawn_shared_sleeper(NANOSECONDS(10));
    clock_double_set_ns(10);
    assert_int_equal(timer_queue_expire(&executor.timers, 10, 1), 1);
    sleep_reset(&shared_sleep, NANOSECONDS(10));
    at(19, "");
    at(20, "s");
}

static void a_sleep_that_has_ended_can_be_reset_and_polled_again(void **state)
{
    struct context context = {.executor = &executor};
    struct sleep sleep;

    (void)state;
    sleep_init(&sleep, NANOSECONDS(0));
    sleep_reset(&sleep, NANOSECONDS(0)); /* before the first poll, too */
    assert_int_equal(sleep_poll(&sleep, &context), POLL_READY);
    sleep_reset(&sleep, NANOSECONDS(10));
    assert_int_equal(sleep_poll(&sleep, &context), POLL_PENDING);
    sleep_drop(&sleep);
    assert_int_equal(executor.timers.count, 0);
}

static void a_sleep_is_a_task_by_itself(void **state)
{
    (void)state;
    assert_int_equal(SPAWN(&executor, sleep, NULL, MILLISECONDS(1)).error, SPAWN_OK);
    run();
    assert_int_equal(count_tasks(), 1);
    at(1000000, "");
    assert_int_equal(count_tasks(), 0);
}

static void more_timers_than_a_pass_expires_all_fire(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 200; i++)
        spawn_sleeper('z', 1, NANOSECONDS(10));
    at(0, "");
    clock_double_set_ns(10);
    run();
    assert_int_equal(strlen(trace), 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TASK_TEST(sleepers_wake_in_the_order_of_their_deadlines),
        TASK_TEST(equal_sleeps_wake_in_the_order_they_began),
        TASK_TEST(a_sleep_counts_from_its_first_poll),
        TASK_TEST(a_sleep_of_zero_is_ready_at_once),
        TASK_TEST(sleeps_of_zero_use_up_the_budget),
        TASK_TEST(a_sleep_for_ever_never_ends_and_can_be_cancelled),
        TASK_TEST(a_deadline_past_the_end_of_the_clock_is_never),
        TASK_TEST(one_task_sleeps_again_after_a_cancelled_sleep_for_ever),
        TASK_TEST(dropping_a_sleep_unlinks_it),
        TASK_TEST(a_sleep_dropped_before_its_first_poll_does_nothing),
        TASK_TEST(a_poll_without_a_wake_keeps_the_deadline),
        TASK_TEST(the_waker_of_the_latest_poll_is_woken),
        TASK_TEST(a_poll_after_completion_panics),
        TASK_TEST(a_sleep_until_a_deadline_ends_there),
        TASK_TEST(a_sleep_until_the_past_is_ready_at_once),
        TASK_TEST(a_sleep_looks_at_the_clock_once),
        TASK_TEST(a_waiting_sleep_can_be_made_longer_and_shorter),
        TASK_TEST(a_sleep_that_is_reset_to_the_past_ends_at_once),
        TASK_TEST(a_sleep_that_is_reset_after_it_has_fired_goes_on),
        TASK_TEST(a_sleep_that_has_ended_can_be_reset_and_polled_again),
        TASK_TEST(a_sleep_is_a_task_by_itself),
        TASK_TEST(more_timers_than_a_pass_expires_all_fire),
    };

    return cmocka_run_group_tests_name("sleep", tests, NULL, NULL);
}
