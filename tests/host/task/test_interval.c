/* SPDX-License-Identifier: MIT */
#include "task_test.h"

#include <stdio.h>
#include <string.h>

#include <tenorite/task/coroutine.h>
#include <tenorite/task/interval.h>

/* Notes each tick as "due/seen " in milliseconds. */
static char ticks[256];
static struct interval interval;

ASYNC_STATIC_FRAME(ticker, struct interval_tick tick;);

static void ticker_init(struct ticker *self)
{
    coroutine_init(&self->coroutine);
}

ASYNC(ticker)
{
    ASYNC_BEGIN;
    for (;;) {
        AWAIT(interval_tick, &self->tick, &interval);
        size_t length = strlen(ticks);
        snprintf(ticks + length, sizeof(ticks) - length, "%llu/%llu ",
                 (unsigned long long)self->tick.result / 1000000, (unsigned long long)clock_ns() / 1000000);
    }
    ASYNC_END;
}

static struct task_handle begin(duration period, enum interval_lateness lateness)
{
    struct spawn_result result;

    ticks[0] = 0;
    assert_int_equal(interval_init(&interval, period, lateness), INTERVAL_OK);
    result = SPAWN(&executor, ticker, NULL);
    assert_int_equal(result.error, SPAWN_OK);
    run();
    return result.task;
}

static void end(struct task_handle task)
{
    assert_int_equal(executor_cancel(task), CANCEL_REQUESTED);
    run();
    assert_int_equal(executor.timers.count, 0);
}

static void at(unsigned milliseconds)
{
    clock_double_set_ns(MILLISECONDS(milliseconds).ns);
    run();
}

/* Ticks of 0 and 300 ms in time, then nobody looks until 950 ms. */
static void check_late(enum interval_lateness lateness, const char *expected)
{
    struct task_handle task = begin(MILLISECONDS(300), lateness);

    at(300);
    at(950);
    for (unsigned milliseconds = 951; milliseconds <= 1600; milliseconds++)
        at(milliseconds);
    assert_string_equal(ticks, expected);
    end(task);
}

static void burst_gives_what_was_missed_at_once(void **state)
{
    (void)state;
    check_late(INTERVAL_BURST, "0/0 300/300 600/950 900/950 1200/1200 1500/1500 ");
}

static void delay_goes_on_from_now(void **state)
{
    (void)state;
    check_late(INTERVAL_DELAY, "0/0 300/300 600/950 1250/1250 1550/1550 ");
}

static void skip_goes_on_with_the_next_in_step(void **state)
{
    (void)state;
    check_late(INTERVAL_SKIP, "0/0 300/300 600/950 1200/1200 1500/1500 ");
}

/* One was missed, the one that is due now was not. */
static void skip_gives_the_tick_that_is_just_due(void **state)
{
    struct task_handle task = begin(MILLISECONDS(300), INTERVAL_SKIP);

    (void)state;
    at(1200);
    assert_string_equal(ticks, "0/0 300/1200 1200/1200 ");
    end(task);
}

/* Late, but not by a period: nothing was missed, and the interval stays in step. */
static void a_little_late_moves_no_tick(void **state)
{
    static const enum interval_lateness all[] = {INTERVAL_BURST, INTERVAL_DELAY, INTERVAL_SKIP};

    (void)state;
    for (unsigned i = 0; i < COUNT_OF(all); i++) {
        struct task_handle task;

        task_test_setup(state);
        task = begin(MILLISECONDS(300), all[i]);
        at(310);
        at(900); /* the tick of 600 is seen when that of 900 is just due */
        at(901);
        assert_string_equal(ticks, "0/0 300/310 600/900 900/900 ");
        end(task);
    }
}

static void a_period_of_zero_is_refused_and_never_ticks(void **state)
{
    struct context context = {.executor = &executor};
    struct interval_tick tick;

    (void)state;
    assert_int_equal(interval_init(&interval, NANOSECONDS(0), INTERVAL_BURST), INTERVAL_ZERO);
    interval_tick_init(&tick, &interval);
    assert_int_equal(interval_tick_poll(&tick, &context), POLL_PENDING);
    interval_reset(&interval);
    clock_double_set_ns(UINT64_MAX);
    run();
    assert_int_equal(interval_tick_poll(&tick, &context), POLL_PENDING);
    interval_tick_drop(&tick);
}

static void an_interval_at_the_end_of_the_clock_stops(void **state)
{
    static const enum interval_lateness all[] = {INTERVAL_BURST, INTERVAL_DELAY, INTERVAL_SKIP};

    (void)state;
    for (unsigned i = 0; i < COUNT_OF(all); i++) {
        struct task_handle task;

        task_test_setup(state);
        clock_double_set_ns(UINT64_MAX - MILLISECONDS(500).ns);
        task = begin(MILLISECONDS(200), all[i]);
        clock_double_set_ns(UINT64_MAX);
        run();
        run();
        assert_int_equal(interval.next_ns, UINT64_MAX);
        end(task);
    }
}

static void a_dropped_tick_is_not_lost(void **state)
{
    struct context context = {.executor = &executor};
    struct interval_tick tick;

    (void)state;
    assert_int_equal(interval_init(&interval, MILLISECONDS(10), INTERVAL_BURST), INTERVAL_OK);
    interval_reset(&interval);
    interval_tick_init(&tick, &interval);
    assert_int_equal(interval_tick_poll(&tick, &context), POLL_PENDING);
    interval_tick_drop(&tick);
    clock_double_set_ns(MILLISECONDS(12).ns);
    interval_tick_init(&tick, &interval);
    assert_int_equal(interval_tick_poll(&tick, &context), POLL_READY);
    assert_int_equal(tick.result, MILLISECONDS(10).ns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TASK_TEST(burst_gives_what_was_missed_at_once),
        TASK_TEST(delay_goes_on_from_now),
        TASK_TEST(skip_goes_on_with_the_next_in_step),
        TASK_TEST(skip_gives_the_tick_that_is_just_due),
        TASK_TEST(a_little_late_moves_no_tick),
        TASK_TEST(a_period_of_zero_is_refused_and_never_ticks),
        TASK_TEST(an_interval_at_the_end_of_the_clock_stops),
        TASK_TEST(a_dropped_tick_is_not_lost),
    };

    return cmocka_run_group_tests_name("interval", tests, NULL, NULL);
}
