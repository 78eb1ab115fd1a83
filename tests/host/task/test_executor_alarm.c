/* SPDX-License-Identifier: MIT */
/* When the executor looks at the clock, and what it has the alarm set to. */
#include "task_test.h"

#include <stdlib.h>
#include <tenorite/task/sleep.h>

enum { MANY = 200 };

static jmp_buf left_idle;

static struct task_handle spawn_sleep_until(uint64_t deadline_ns)
{
    struct spawn_result result = SPAWN(&executor, sleep_until, NULL, deadline_ns);

    assert_int_equal(result.error, SPAWN_OK);
    return result.task;
}

static void the_alarm_follows_the_earliest_deadline(void **state)
{
    struct task_handle early;

    (void)state;
    assert_int_equal(clock_double_deadline_ns(), UINT64_MAX);
    spawn_sleep_until(3000);
    run();
    assert_int_equal(clock_double_deadline_ns(), 3000);
    early = spawn_sleep_until(1000);
    spawn_sleep_until(2000);
    run();
    assert_int_equal(clock_double_deadline_ns(), 1000);
    assert_int_equal(executor_cancel(early), CANCEL_REQUESTED);
    clock_double_set_ns(1000);
    run();
    assert_int_equal(clock_double_deadline_ns(), 2000);
    clock_double_set_ns(3000);
    run();
    assert_int_equal(clock_double_deadline_ns(), UINT64_MAX);
    assert_int_equal(count_tasks(), 0);
}

/* A busy executor does not look at all while nothing is due. */
static void the_clock_is_read_only_after_an_alarm(void **state)
{
    struct probe_record busy = {.self_wakes = 1, .ready_at_poll = 1000};

    (void)state;
    spawn_sleep_until(5000);
    run();
    spawn_probe(&busy);
    clock_double_looks = 0;
    run();
    assert_int_equal(busy.polls, 1000);
    assert_int_equal(clock_double_looks, 0);
    clock_double_set_ns(5000);
    run();
    assert_in_range(clock_double_looks, 1, 2);
    assert_int_equal(count_tasks(), 0);
}

static void leave_idle(void)
{
    longjmp(left_idle, 1);
}

/* The deadline passes while it is armed: hardware would never ring. It has been looked at again 10 000 times. */
static void a_deadline_that_passes_during_arming_is_not_slept_through(void **state)
{
    (void)state;
    srand(1);
    cpu_double_on_idle = leave_idle;
    for (unsigned i = 0; i < 10000; i++) {
        uint64_t span_ns = (unsigned)rand() % 100;

        clock_double_arming_takes_ns = (unsigned)rand() % 100;
        spawn_sleep_until(clock_ns() + span_ns);
        if (!setjmp(left_idle))
            executor_run(&executor);
        if (count_tasks() == 0)
            continue;
        assert_true(clock_double_deadline_ns() > clock_ns());
        clock_double_set_ns(clock_double_deadline_ns());
        clock_double_arming_takes_ns = 0;
        run();
        assert_int_equal(count_tasks(), 0);
    }
}

static size_t still_waiting;

static void count_the_waiting(struct probe_record *record, struct context *context)
{
    (void)record;
    (void)context;
    still_waiting = executor.timers.count;
}

/* Who was ready before gets its turn in between. */
static void a_batch_fires_64_timers_at_most(void **state)
{
    struct probe_record bystander = {.in_poll = count_the_waiting, .ready_at_poll = 2};

    (void)state;
    for (unsigned i = 0; i < MANY; i++)
        spawn_sleep_until(1000);
    spawn_probe(&bystander);
    run();
    waker_wake(bystander.waker);
    clock_double_set_ns(1000);
    run();
    assert_int_equal(still_waiting, MANY - 64);
    assert_int_equal(count_tasks(), 0);
    assert_int_equal(executor.timers.count, 0);
}

static void an_alarm_without_a_reason_is_harmless(void **state)
{
    (void)state;
    IN_HANDLER
    {
        executor_alarm(&executor);
        executor_alarm(&executor);
    }
    run();
    spawn_sleep_until(10);
    run();
    IN_HANDLER
    {
        executor_alarm(&executor);
    }
    run();
    assert_int_equal(count_tasks(), 1);
    assert_int_equal(clock_double_deadline_ns(), 10);
    clock_double_set_ns(10);
    run();
    assert_int_equal(count_tasks(), 0);
}

static struct sleep_until *reached;

static void reset_to_the_past(struct probe_record *record, struct context *context)
{
    (void)record;
    (void)context;
    sleep_until_reset(reached, 1);
}

/* In the last poll before the CPU would sleep. */
static void a_sleep_reset_to_the_past_keeps_the_cpu_awake(void **state)
{
    struct probe_record record = {.ready_at_poll = 1, .in_poll = reset_to_the_past};
    struct sleep_until *frame = executor_frame_alloc(&executor, &sleep_until_type);

    (void)state;
    clock_double_set_ns(100);
    sleep_until_init(frame, UINT64_MAX);
    reached = frame;
    assert_int_equal(executor_spawn(&executor, &sleep_until_type, NULL, frame).error, SPAWN_OK);
    run();
    spawn_probe(&record);
    run();
    assert_int_equal(count_tasks(), 0);
}

static struct sleep_until *reset_sleep;

static void reset_at_the_second_poll(struct probe_record *record, struct context *context)
{
    (void)context;
    if (record->polls == 2)
        sleep_until_reset(reset_sleep, 1);
}

/* The timer is put where the alarm was set last, and that alarm has rung already. */
static void a_deadline_that_has_rung_rings_again_for_another_timer(void **state)
{
    struct probe_record record = {.ready_at_poll = 2, .in_poll = reset_at_the_second_poll};
    struct sleep_until sleep;
    struct timer timer = {};
    struct spawn_result result;

    (void)state;
    sleep_until_init(&sleep, UINT64_MAX);
    reset_sleep = &sleep;
    result = executor_spawn_borrowed(&executor, &sleep_until_type, NULL, &sleep);
    assert_int_equal(result.error, SPAWN_OK);
    spawn_probe(&record);
    run();
    timer_queue_insert(&executor.timers, &timer, 1000, record.waker);
    run();
    clock_double_set_ns(1500);
    run();
    assert_int_equal(record.polls, 2);
    assert_false(executor_is_live(result.task));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TASK_TEST(the_alarm_follows_the_earliest_deadline),
        TASK_TEST(the_clock_is_read_only_after_an_alarm),
        TASK_TEST(a_deadline_that_passes_during_arming_is_not_slept_through),
        TASK_TEST(a_batch_fires_64_timers_at_most),
        TASK_TEST(an_alarm_without_a_reason_is_harmless),
        TASK_TEST(a_sleep_reset_to_the_past_keeps_the_cpu_awake),
        TASK_TEST(a_deadline_that_has_rung_rings_again_for_another_timer),
    };

    return cmocka_run_group_tests_name("executor_alarm", tests, NULL, NULL);
}
