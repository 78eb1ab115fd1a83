/* SPDX-License-Identifier: MIT */
#include "task_test.h"

#include <stdio.h>
#include <string.h>
#include <tenorite/lib/console.h>
#include <tenorite/lib/printk.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/watchdog.h>
#include <tenorite/task/yield.h>

static struct watchdog watchdog;
static char log_text[2048];

static void keep(struct console *self, const char *bytes, size_t length)
{
    size_t used = strlen(log_text);

    (void)self;
    assert_true(used + length < sizeof(log_text));
    memcpy(log_text + used, bytes, length);
    log_text[used + length] = 0;
}

static struct console console = {.name = "keeping", .write = keep};

static int watchdog_setup(void **state)
{
    task_test_setup(state);
    watchdog_init(&watchdog, &executor, MILLISECONDS(1000));
    log_text[0] = 0;
    return 0;
}

#define WATCHDOG_TEST(function) cmocka_unit_test_setup_teardown(function, watchdog_setup, task_test_teardown)

static unsigned reports(void)
{
    unsigned count = 0;

    for (const char *at = log_text; (at = strstr(at, "has kept the CPU")); at++)
        count++;
    return count;
}

static void look_at(uint64_t milliseconds)
{
    clock_double_set_ns(MILLISECONDS(milliseconds).ns);
    IN_HANDLER
    {
        watchdog_look(&watchdog);
    }
}

static uint64_t first_look_ms, last_look_ms;

static void look_while_polled(struct probe_record *record, struct context *context)
{
    (void)record;
    (void)context;
    for (uint64_t now_ms = first_look_ms; now_ms <= last_look_ms; now_ms += 40)
        look_at(now_ms);
}

static void poll_for(uint64_t milliseconds, struct probe_record *record)
{
    record->in_poll = look_while_polled;
    last_look_ms = first_look_ms + milliseconds;
    waker_wake(record->waker);
    run();
    first_look_ms = last_look_ms;
}

static void a_poll_over_the_limit_is_reported_once_with_its_place(void **state)
{
    struct probe_record record = {.in_poll = look_while_polled};

    (void)state;
    first_look_ms = 0;
    last_look_ms = 3000;
    spawn_probe(&record);
    run();
    assert_int_equal(reports(), 1);
    assert_non_null(strstr(log_text, "watchdog: task 1 (probe) has kept the CPU for 1000 ms, since line 0"));
    assert_non_null(strstr(log_text, "watchdog: at 0x1111"));
    assert_non_null(strstr(log_text, "watchdog: called from 0x2222"));
}

static void polls_within_the_limit_are_not(void **state)
{
    struct probe_record record = {};

    (void)state;
    spawn_probe(&record);
    run();
    for (unsigned i = 0; i < 5; i++)
        poll_for(960, &record);
    assert_string_equal(log_text, "");
}

static void each_poll_over_the_limit_is_reported(void **state)
{
    struct probe_record record = {};

    (void)state;
    spawn_probe(&record);
    run();
    poll_for(2000, &record);
    poll_for(2000, &record);
    assert_int_equal(reports(), 2);
}

static void an_idle_cpu_is_not_kept(void **state)
{
    (void)state;
    for (unsigned milliseconds = 0; milliseconds < 10000; milliseconds += 40)
        look_at(milliseconds);
    assert_string_equal(log_text, "");
}

static void a_limit_of_zero_costs_no_look_at_the_clock(void **state)
{
    struct probe_record record = {};

    (void)state;
    watchdog_set_limit(&watchdog, NANOSECONDS(0));
    spawn_probe(&record);
    run();
    clock_double_looks = 0;
    poll_for(5000, &record);
    assert_string_equal(log_text, "");
    assert_int_equal(clock_double_looks, 0);
    watchdog_set_limit(&watchdog, MILLISECONDS(100));
    poll_for(200, &record);
    assert_int_equal(reports(), 1);
}

/* A coroutine tells where it awaited last. */
ASYNC_STATIC_FRAME(greedy, struct yield yield;);

static void greedy_init(struct greedy *self)
{
    coroutine_init(&self->coroutine);
}

static unsigned line_of_greedy;

ASYNC(greedy)
{
    ASYNC_BEGIN;
    AWAIT(yield, &self->yield);
    line_of_greedy = __LINE__ - 1;
    look_at(0);
    look_at(2000);
    ASYNC_END;
}

static void the_report_tells_the_line_of_the_last_await(void **state)
{
    char expected[100];

    (void)state;
    assert_int_equal(SPAWN(&executor, greedy, "hungry").error, SPAWN_OK);
    run();
    snprintf(expected, sizeof(expected), "task 1 (hungry) has kept the CPU for 2000 ms, since line %u",
             line_of_greedy);
    assert_non_null(strstr(log_text, expected));
}

static void look_while_dropped(struct probe_record *record)
{
    look_while_polled(record, NULL);
}

static void a_long_clean_up_is_reported_too(void **state)
{
    struct probe_record record = {.in_drop = look_while_dropped};
    struct task_handle task;

    (void)state;
    first_look_ms = 0;
    last_look_ms = 2000;
    task = spawn_probe(&record);
    run();
    assert_int_equal(executor_cancel(task), CANCEL_REQUESTED);
    run();
    assert_int_equal(reports(), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WATCHDOG_TEST(a_poll_over_the_limit_is_reported_once_with_its_place),
        WATCHDOG_TEST(polls_within_the_limit_are_not),
        WATCHDOG_TEST(each_poll_over_the_limit_is_reported),
        WATCHDOG_TEST(an_idle_cpu_is_not_kept),
        WATCHDOG_TEST(a_limit_of_zero_costs_no_look_at_the_clock),
        WATCHDOG_TEST(the_report_tells_the_line_of_the_last_await),
        WATCHDOG_TEST(a_long_clean_up_is_reported_too),
    };

    console_register(&console);
    return cmocka_run_group_tests_name("watchdog", tests, NULL, NULL);
}
