/* SPDX-License-Identifier: MIT */
/* Linked with --wrap=waker_slot_register: a signal can come just before the waiter registers. */
#include "task_test.h"

#include <tenorite/task/coroutine.h>
#include <tenorite/task/notify.h>

static struct notify notify;
static bool signals_before_registering;
static unsigned notified;

void __real_waker_slot_register(struct waker_slot *slot, struct waker waker);
void __wrap_waker_slot_register(struct waker_slot *slot, struct waker waker);

static void signal_from_handler(void)
{
    IN_HANDLER
    {
        notify_signal(&notify);
    }
}

void __wrap_waker_slot_register(struct waker_slot *slot, struct waker waker)
{
    if (signals_before_registering)
        signal_from_handler();
    signals_before_registering = false;
    __real_waker_slot_register(slot, waker);
}

static int notify_setup(void **state)
{
    notify = (struct notify){};
    signals_before_registering = false;
    notified = 0;
    return task_test_setup(state);
}

#define NOTIFY_TEST(function) cmocka_unit_test_setup_teardown(function, notify_setup, task_test_teardown)

ASYNC_STATIC_FRAME(waiter, struct notify_wait wait;);

static void waiter_init(struct waiter *self)
{
    coroutine_init(&self->coroutine);
}

ASYNC(waiter)
{
    ASYNC_BEGIN;
    for (;;) {
        AWAIT(notify_wait, &self->wait, &notify);
        notified++;
    }
    ASYNC_END;
}

static struct task_handle spawn_waiter(void)
{
    struct spawn_result result = SPAWN(&executor, waiter, "waiter");

    assert_int_equal(result.error, SPAWN_OK);
    return result.task;
}

static void a_signal_wakes_the_waiter(void **state)
{
    (void)state;
    spawn_waiter();
    run();
    assert_int_equal(notified, 0);
    signal_from_handler();
    run();
    assert_int_equal(notified, 1);
    notify_signal(&notify);
    run();
    assert_int_equal(notified, 2);
}

static void signals_before_the_wait_are_kept_as_one(void **state)
{
    (void)state;
    signal_from_handler();
    signal_from_handler();
    spawn_waiter();
    run();
    assert_int_equal(notified, 1);
}

static void signals_before_the_next_poll_are_one(void **state)
{
    (void)state;
    spawn_waiter();
    run();
    for (unsigned i = 0; i < 1000; i++)
        signal_from_handler();
    run();
    assert_int_equal(notified, 1);
    assert_int_equal(executor.statistics.polls, 2);
}

static void a_signal_between_the_look_and_the_registration_is_not_lost(void **state)
{
    (void)state;
    signals_before_registering = true;
    spawn_waiter();
    run();
    assert_int_equal(notified, 1);
}

static void a_cancelled_waiter_is_forgotten_and_the_signal_kept(void **state)
{
    struct task_handle task = spawn_waiter();

    (void)state;
    run();
    signal_from_handler();
    assert_int_equal(executor_cancel(task), CANCEL_REQUESTED);
    run();
    assert_int_equal(notified, 0);
    assert_int_equal(notify.waiter.bits, 0);
    spawn_waiter();
    run();
    assert_int_equal(notified, 1);
}

static void a_cancelled_waiter_is_woken_no_more(void **state)
{
    struct task_handle task = spawn_waiter();

    (void)state;
    run();
    assert_int_not_equal(notify.waiter.bits, 0);
    assert_int_equal(executor_cancel(task), CANCEL_REQUESTED);
    run();
    assert_int_equal(notify.waiter.bits, 0);
    assert_int_equal(count_tasks(), 0);
}

/* A context whose waker is a live task's. */
static struct context context_of(struct probe_record *record)
{
    spawn_probe(record);
    run();
    return (struct context){.executor = &executor, .waker = record->waker};
}

static void a_wait_that_is_ready_leaves_no_waker_behind(void **state)
{
    struct probe_record record = {};
    struct context context = context_of(&record);
    struct notify_wait wait;

    (void)state;
    notify_wait_init(&wait, &notify);
    signals_before_registering = true;
    assert_int_equal(notify_wait_poll(&wait, &context), POLL_READY);
    assert_int_equal(notify.waiter.bits, 0);
}

static void dropping_an_ended_wait_leaves_its_successor_registered(void **state)
{
    struct probe_record record = {};
    struct context context = context_of(&record);
    struct notify_wait first, second;

    (void)state;
    notify_wait_init(&first, &notify);
    assert_int_equal(notify_wait_poll(&first, &context), POLL_PENDING);
    notify_signal(&notify);
    assert_int_equal(notify_wait_poll(&first, &context), POLL_READY);
    notify_wait_init(&second, &notify);
    assert_int_equal(notify_wait_poll(&second, &context), POLL_PENDING);
    notify_wait_drop(&first);
    assert_int_equal(notify.waiter.bits, context.waker.bits);
    notify_wait_drop(&second);
    assert_int_equal(notify.waiter.bits, 0);
}

static void a_poll_after_completion_panics(void **state)
{
    struct probe_record record = {};
    struct context context = context_of(&record);
    struct notify_wait wait;

    (void)state;
    notify_wait_init(&wait, &notify);
    notify_signal(&notify);
    assert_int_equal(notify_wait_poll(&wait, &context), POLL_READY);
    EXPECT_PANIC("polled after completion", { (void)notify_wait_poll(&wait, &context); });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NOTIFY_TEST(a_signal_wakes_the_waiter),
        NOTIFY_TEST(signals_before_the_wait_are_kept_as_one),
        NOTIFY_TEST(signals_before_the_next_poll_are_one),
        NOTIFY_TEST(a_signal_between_the_look_and_the_registration_is_not_lost),
        NOTIFY_TEST(a_cancelled_waiter_is_forgotten_and_the_signal_kept),
        NOTIFY_TEST(a_cancelled_waiter_is_woken_no_more),
        NOTIFY_TEST(a_wait_that_is_ready_leaves_no_waker_behind),
        NOTIFY_TEST(dropping_an_ended_wait_leaves_its_successor_registered),
        NOTIFY_TEST(a_poll_after_completion_panics),
    };

    return cmocka_run_group_tests_name("notify", tests, NULL, NULL);
}
