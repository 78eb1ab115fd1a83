/* SPDX-License-Identifier: MIT */
#include "task_test.h"

#include <string.h>
#include <tenorite/task/budget.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/timeout.h>

/* Waits for a probe or for an end, and keeps what came of it where it outlives the task. */
static enum timeout_error outcome;
static bool has_ended;

ASYNC_STATIC_FRAME(patient, duration length; struct probe_record * record; struct probe probe;
                   struct timeout timeout;);

static void patient_init(struct patient *self, duration length, struct probe_record *record)
{
    coroutine_init(&self->coroutine);
    self->length = length;
    self->record = record;
}

ASYNC(patient)
{
    ASYNC_BEGIN;
    has_ended = false;
    AWAIT(timeout, &self->timeout, self->length, START(probe, &self->probe, self->record));
    outcome = self->timeout.error;
    has_ended = true;
    ASYNC_END;
}

static struct task_handle spawn_patient(duration length, struct probe_record *record)
{
    struct spawn_result result = SPAWN(&executor, patient, NULL, length, record);

    assert_int_equal(result.error, SPAWN_OK);
    run();
    return result.task;
}

static void a_future_in_time_is_not_dropped_and_the_timer_is(void **state)
{
    struct probe_record record = {.ready_at_poll = 2};

    (void)state;
    spawn_patient(NANOSECONDS(10), &record);
    assert_int_equal(executor.timers.count, 1);
    clock_double_set_ns(9);
    waker_wake(record.waker);
    run();
    assert_true(has_ended);
    assert_int_equal(outcome, TIMEOUT_OK);
    assert_int_equal(record.drops, 0);
    assert_int_equal(executor.timers.count, 0);
}

static void a_late_future_is_dropped_once(void **state)
{
    struct probe_record record = {};

    (void)state;
    spawn_patient(NANOSECONDS(10), &record);
    clock_double_set_ns(9);
    run();
    assert_false(has_ended);
    clock_double_set_ns(10);
    run();
    assert_true(has_ended);
    assert_int_equal(outcome, TIMEOUT_ELAPSED);
    assert_int_equal(record.drops, 1);
    assert_int_equal(count_tasks(), 0);
}

static void a_future_that_is_ready_at_the_deadline_wins(void **state)
{
    struct probe_record record = {.ready_at_poll = 2};

    (void)state;
    spawn_patient(NANOSECONDS(10), &record);
    clock_double_set_ns(10);
    run();
    assert_true(has_ended);
    assert_int_equal(outcome, TIMEOUT_OK);
    assert_int_equal(record.drops, 0);
}

static void no_time_at_all_is_one_poll(void **state)
{
    struct probe_record slow = {}, quick = {.ready_at_poll = 1};

    (void)state;
    spawn_patient(NANOSECONDS(0), &slow);
    assert_int_equal(outcome, TIMEOUT_ELAPSED);
    assert_int_equal(slow.polls, 1);
    assert_int_equal(slow.drops, 1);
    spawn_patient(NANOSECONDS(0), &quick);
    assert_int_equal(outcome, TIMEOUT_OK);
}

/* It wakes itself in every poll: the CPU never idles, and yet the time passes. */
static void let_time_pass(struct probe_record *record, struct context *context)
{
    (void)record;
    (void)context;
    clock_double_advance_ns(1);
}

static void a_future_that_is_always_busy_times_out(void **state)
{
    struct probe_record record = {.self_wakes = 1, .in_poll = let_time_pass};

    (void)state;
    spawn_patient(NANOSECONDS(100), &record);
    assert_true(has_ended);
    assert_int_equal(outcome, TIMEOUT_ELAPSED);
    assert_in_range(record.polls, 100, 102 + 16); /* timers are looked at once a batch of polls */
    assert_int_equal(record.drops, 1);
}

/* A future that finds something ready for ever, and takes all that each poll may do. */
static void use_up_the_budget(struct probe_record *record, struct context *context)
{
    let_time_pass(record, context);
    while (budget_take(context))
        ;
}

static void a_future_that_uses_up_each_polls_budget_times_out(void **state)
{
    struct probe_record record = {.in_poll = use_up_the_budget};

    (void)state;
    spawn_patient(NANOSECONDS(100), &record);
    assert_int_equal(outcome, TIMEOUT_ELAPSED);
    assert_in_range(record.polls, 100, 120);
    record = (struct probe_record){.in_poll = use_up_the_budget};
    has_ended = false;
    spawn_patient(NANOSECONDS(0), &record);
    assert_true(has_ended);
    assert_int_equal(outcome, TIMEOUT_ELAPSED);
    assert_int_equal(record.polls, 1);
}

static void for_ever_waits_for_the_future(void **state)
{
    struct probe_record record = {.ready_at_poll = 2};

    (void)state;
    spawn_patient(FOR_EVER, &record);
    clock_double_set_ns(UINT64_MAX);
    run();
    assert_false(has_ended);
    waker_wake(record.waker);
    run();
    assert_int_equal(outcome, TIMEOUT_OK);
}

static void dropping_it_drops_both(void **state)
{
    struct probe_record record = {};
    struct task_handle task;

    (void)state;
    task = spawn_patient(NANOSECONDS(10), &record);
    assert_int_equal(executor_cancel(task), CANCEL_REQUESTED);
    run();
    assert_int_equal(record.drops, 1);
    assert_int_equal(executor.timers.count, 0);
}

static void dropping_it_before_the_first_poll_drops_the_future(void **state)
{
    struct probe_record record = {};
    struct timeout timeout;
    struct probe probe;

    (void)state;
    timeout_init(&timeout, SECONDS(1), START(probe, &probe, &record));
    timeout_drop(&timeout);
    assert_int_equal(record.drops, 1);
    assert_int_equal(record.polls, 0);
}

static void a_poll_after_completion_panics(void **state)
{
    struct context context = {.executor = &executor};
    struct probe_record record = {.ready_at_poll = 1};
    struct timeout timeout;
    struct probe probe;

    (void)state;
    timeout_init(&timeout, SECONDS(1), START(probe, &probe, &record));
    assert_int_equal(timeout_poll(&timeout, &context), POLL_READY);
    EXPECT_PANIC("polled after completion", { (void)timeout_poll(&timeout, &context); });
}

static void a_timeout_of_nothing_panics(void **state)
{
    struct timeout timeout;

    (void)state;
    EXPECT_PANIC("of no future", { timeout_init(&timeout, SECONDS(1), NO_FUTURE); });
}

static const struct future_type *seen[4];

static void see(struct tracer *tracer, const struct future_type *type, const void *future)
{
    (void)future;
    seen[tracer->depth] = type;
}

static void a_trace_shows_the_future_inside(void **state)
{
    struct probe_record record = {};
    struct timeout timeout;
    struct tracer tracer;
    struct probe probe;

    (void)state;
    timeout_init(&timeout, SECONDS(1), START(probe, &probe, &record));
    tracer_init(&tracer, see);
    future_trace(&timeout_type, &timeout, &tracer);
    assert_string_equal(seen[0]->name, "timeout");
    assert_string_equal(seen[1]->name, "probe");
    timeout_drop(&timeout);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TASK_TEST(a_future_in_time_is_not_dropped_and_the_timer_is),
        TASK_TEST(a_late_future_is_dropped_once),
        TASK_TEST(a_future_that_is_ready_at_the_deadline_wins),
        TASK_TEST(no_time_at_all_is_one_poll),
        TASK_TEST(a_future_that_is_always_busy_times_out),
        TASK_TEST(a_future_that_uses_up_each_polls_budget_times_out),
        TASK_TEST(for_ever_waits_for_the_future),
        TASK_TEST(dropping_it_drops_both),
        TASK_TEST(dropping_it_before_the_first_poll_drops_the_future),
        TASK_TEST(a_poll_after_completion_panics),
        TASK_TEST(a_timeout_of_nothing_panics),
        TASK_TEST(a_trace_shows_the_future_inside),
    };

    return cmocka_run_group_tests_name("timeout", tests, NULL, NULL);
}
