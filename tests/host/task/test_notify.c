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

int main(void)
{
    const struct CMUnitTest tests[] = {
        NOTIFY_TEST(a_signal_wakes_the_waiter),
        NOTIFY_TEST(signals_before_the_wait_are_kept_as_one),
        NOTIFY_TEST(signals_before_the_next_poll_are_one),
        NOTIFY_TEST(a_signal_between_the_look_and_the_registration_is_not_lost),
        NOTIFY_TEST(a_cancelled_waiter_is_forgotten_and_the_signal_kept),
    };

    return cmocka_run_group_tests_name("notify", tests, NULL, NULL);
}
