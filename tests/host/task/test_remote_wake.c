/* SPDX-License-Identifier: MIT */
/* Wakes from another CPU, one step after the other; with real threads they are in tests/models/. */
#include "task_test.h"

#include <tenorite/task/task_accounts.h>

static unsigned interrupts_sent;
static uint32_t interrupted_cpu;

static void count_interrupt(uint32_t cpu)
{
    interrupts_sent++;
    interrupted_cpu = cpu;
}

static void wake_from_cpu(uint32_t cpu, struct waker waker)
{
    cpu_double_number = cpu;
    waker_wake(waker);
    cpu_double_number = 0;
}

static int setup(void **state)
{
    int error = task_test_setup(state);

    interrupts_sent = 0;
    interrupted_cpu = UINT32_MAX;
    cpu_double_on_interrupt = count_interrupt;
    return error;
}

static void a_wake_from_another_cpu_is_one_poll(void **state)
{
    struct probe_record record = {};

    (void)state;
    spawn_probe(&record);
    run();
    for (unsigned i = 0; i < 1000; i++)
        wake_from_cpu(1 + i % 3, record.waker);
    assert_int_equal(record.polls, 1);
    run();
    assert_int_equal(record.polls, 2);
}

static void wakes_from_other_cpus_keep_their_order(void **state)
{
    struct probe_record a = {.letter = 'a'}, b = {.letter = 'b'}, c = {.letter = 'c'};

    (void)state;
    spawn_probe(&a);
    spawn_probe(&b);
    spawn_probe(&c);
    run();
    wake_from_cpu(1, c.waker);
    wake_from_cpu(2, a.waker);
    wake_from_cpu(1, b.waker);
    run();
    assert_string_equal(trace, "abccab");
}

static void another_cpu_leaves_the_state_word_alone(void **state)
{
    struct probe_record record = {};
    struct task_cursor cursor = {};
    struct task_info info;

    (void)state;
    spawn_probe(&record);
    run();
    wake_from_cpu(1, record.waker);
    assert_true(executor_next_task(&executor, &cursor, &info));
    assert_int_equal(info.state, TASK_WAITING);
}

static void a_busy_cpu_is_not_interrupted(void **state)
{
    struct probe_record record = {};

    (void)state;
    spawn_probe(&record);
    run();
    wake_from_cpu(1, record.waker);
    assert_int_equal(interrupts_sent, 0);
}

static struct probe_record sleeper;

static void wake_the_sleeper(void)
{
    wake_from_cpu(1, sleeper.waker);
}

static void an_idle_cpu_is_interrupted(void **state)
{
    struct probe frame;

    (void)state;
    sleeper = (struct probe_record){.ready_at_poll = 2};
    cpu_double_on_idle = wake_the_sleeper;
    assert_int_equal(BLOCK_ON(&executor, probe, &frame, &sleeper), SPAWN_OK);
    assert_int_equal(interrupts_sent, 1);
    assert_int_equal(interrupted_cpu, 0);
}

/* The home CPU reads its inbox once more after it has said that it is idle. */
static void a_wake_just_before_the_last_look_is_not_slept_through(void **state)
{
    struct probe frame;

    (void)state;
    sleeper = (struct probe_record){.ready_at_poll = 2};
    cpu_double_last_interrupt = wake_the_sleeper;
    assert_int_equal(BLOCK_ON(&executor, probe, &frame, &sleeper), SPAWN_OK);
    assert_int_equal(cpu_double_idle_count, 0);
}

static void a_wake_after_the_end_polls_at_most_the_successor(void **state)
{
    struct probe_record before = {.ready_at_poll = 2}, after = {};

    (void)state;
    spawn_probe(&before);
    run();
    wake_from_cpu(1, before.waker);
    waker_wake(before.waker);
    run();
    wake_from_cpu(1, before.waker);
    spawn_probe(&after);
    run();
    assert_int_equal(before.polls, 2);
    assert_in_range(after.polls, 1, 2);
}

static void spawning_on_another_cpu_panics(void **state)
{
    struct probe_record record = {};
    struct probe *frame = executor_frame_alloc(&executor, &probe_type);

    (void)state;
    probe_init(frame, &record);
    cpu_double_number = 1;
    EXPECT_PANIC("a CPU that is not the executor's", { (void)executor_spawn(&executor, &probe_type, NULL, frame); });
}

static void cancelling_on_another_cpu_panics(void **state)
{
    struct probe_record record = {};
    struct task_handle task = spawn_probe(&record);

    (void)state;
    cpu_double_number = 1;
    EXPECT_PANIC("on a CPU that is not its own", { (void)executor_cancel(task); });
    EXPECT_PANIC("on a CPU that is not its own", { executor_set_priority(task, 0); });
    cpu_double_number = 0;
}

static void a_wake_from_another_cpu_is_counted_at_home(void **state)
{
    struct task_account account;
    struct probe_record record = {};
    struct task_handle task = spawn_probe(&record);

    (void)state;
    assert_int_equal(executor_accounts_start(&executor), ACCOUNTS_OK);
    run();
    wake_from_cpu(1, record.waker);
    assert_true(executor_account_of(task, &account));
    assert_int_equal(account.wakes, 0);
    run();
    assert_true(executor_account_of(task, &account));
    assert_int_equal(account.wakes, 1);
}

#define REMOTE_TEST(function) cmocka_unit_test_setup_teardown(function, setup, task_test_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        REMOTE_TEST(a_wake_from_another_cpu_is_one_poll),
        REMOTE_TEST(wakes_from_other_cpus_keep_their_order),
        REMOTE_TEST(another_cpu_leaves_the_state_word_alone),
        REMOTE_TEST(a_busy_cpu_is_not_interrupted),
        REMOTE_TEST(an_idle_cpu_is_interrupted),
        REMOTE_TEST(a_wake_just_before_the_last_look_is_not_slept_through),
        REMOTE_TEST(a_wake_after_the_end_polls_at_most_the_successor),
        cmocka_unit_test_setup(spawning_on_another_cpu_panics, setup),
        REMOTE_TEST(cancelling_on_another_cpu_panics),
        REMOTE_TEST(a_wake_from_another_cpu_is_counted_at_home),
    };

    return cmocka_run_group_tests_name("remote_wake", tests, NULL, NULL);
}
