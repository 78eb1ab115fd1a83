/* SPDX-License-Identifier: MIT */
#include "task_test.h"

static void no_waker_wakes_nobody(void **state)
{
    (void)state;
    waker_wake(WAKER_NONE);
    wake_in_handler(WAKER_NONE);
    run();
    assert_int_equal(executor.statistics.polls, 0);
}

static void a_waker_is_eight_bytes(void **state)
{
    (void)state;
    assert_int_equal(sizeof(struct waker), 8);
    assert_int_equal(sizeof(struct waker_slot), 8);
}

static void a_wake_after_completion_polls_nobody(void **state)
{
    struct probe_record record = {.ready_at_poll = 1};

    (void)state;
    spawn_probe(&record);
    run();
    waker_wake(record.waker);
    wake_in_handler(record.waker);
    wake_in_handler(record.waker);
    run();
    assert_int_equal(record.polls, 1);
}

/* The wake during the last poll leaves the slot queued; it serves again only after it was dequeued. */
static void a_slot_woken_in_its_last_poll_is_reused(void **state)
{
    struct probe_record first = {.ready_at_poll = 1, .self_wakes = 1}, second = {};

    (void)state;
    spawn_probe(&first);
    run();
    assert_int_equal(first.polls, 1);
    spawn_probe(&second);
    run();
    assert_int_equal(second.polls, 1);
    assert_int_equal(executor.statistics.slots, 31);
}

static void a_stale_waker_does_not_wake_the_slots_next_task(void **state)
{
    struct probe_record first = {.ready_at_poll = 1}, second = {};

    (void)state;
    spawn_probe(&first);
    run();
    spawn_probe(&second);
    run();
    assert_int_equal(first.waker.bits >> 22, second.waker.bits >> 22);
    assert_false(waker_is_same(first.waker, second.waker));
    for (unsigned i = 0; i < 100; i++) {
        waker_wake(first.waker);
        wake_in_handler(first.waker);
    }
    run();
    assert_int_equal(second.polls, 1);
}

/* After 2^22 tasks in one slot an ancient waker matches again: the documented spurious poll, and nothing worse. */
static void generations_wrap_around(void **state)
{
    enum { GENERATIONS = 1 << 22 };
    struct probe_record first = {.ready_at_poll = 1}, last = {};
    struct waker ancient;

    (void)state;
    spawn_probe(&first);
    run();
    ancient = first.waker;
    for (unsigned i = 1; i < GENERATIONS; i++) {
        struct probe_record record = {.ready_at_poll = 1};

        spawn_probe(&record);
        executor_run_until_idle(&executor);
    }
    spawn_probe(&last);
    run();
    assert_true(waker_is_same(last.waker, ancient));
    waker_wake(ancient);
    run();
    assert_int_equal(last.polls, 2);
}

static void a_slot_wakes_its_waker_once(void **state)
{
    struct probe_record record = {};
    struct waker_slot slot = {};

    (void)state;
    spawn_probe(&record);
    run();
    waker_slot_register(&slot, record.waker);
    waker_slot_register(&slot, record.waker);
    run();
    assert_int_equal(record.polls, 1);
    IN_HANDLER
    {
        waker_slot_wake(&slot);
    }
    run();
    waker_slot_wake(&slot);
    run();
    assert_int_equal(record.polls, 2);
}

static void a_displaced_waiter_is_woken(void **state)
{
    struct probe_record a = {}, b = {};
    struct waker_slot slot = {};

    (void)state;
    spawn_probe(&a);
    spawn_probe(&b);
    run();
    waker_slot_register(&slot, a.waker);
    waker_slot_register(&slot, b.waker);
    run();
    assert_int_equal(a.polls, 2);
    waker_slot_wake(&slot);
    run();
    assert_int_equal(a.polls, 2);
    assert_int_equal(b.polls, 2);
}

static void forgetting_leaves_another_waiter_alone(void **state)
{
    struct probe_record a = {}, b = {};
    struct waker_slot slot = {};

    (void)state;
    spawn_probe(&a);
    spawn_probe(&b);
    run();
    waker_slot_register(&slot, b.waker);
    waker_slot_forget(&slot, a.waker);
    waker_slot_wake(&slot);
    run();
    assert_int_equal(b.polls, 2);
    waker_slot_register(&slot, b.waker);
    waker_slot_forget(&slot, b.waker);
    waker_slot_wake(&slot);
    run();
    assert_int_equal(b.polls, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TASK_TEST(no_waker_wakes_nobody),
        TASK_TEST(a_waker_is_eight_bytes),
        TASK_TEST(a_wake_after_completion_polls_nobody),
        TASK_TEST(a_slot_woken_in_its_last_poll_is_reused),
        TASK_TEST(a_stale_waker_does_not_wake_the_slots_next_task),
        TASK_TEST(generations_wrap_around),
        TASK_TEST(a_slot_wakes_its_waker_once),
        TASK_TEST(a_displaced_waiter_is_woken),
        TASK_TEST(forgetting_leaves_another_waiter_alone),
    };

    return cmocka_run_group_tests_name("waker", tests, NULL, NULL);
}
