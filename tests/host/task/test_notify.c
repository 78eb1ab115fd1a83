/* SPDX-License-Identifier: MIT */
/* Linked with --wrap=wait_queue_wait: where a waiter registers, a handler tries to come in between. */
#include "sync_test.h"

#include <tenorite/task/coroutine.h>
#include <tenorite/task/notify.h>

enum { MANY = 50 };

static struct notify notify;
static struct notify_wait waits[MANY];
static struct puppet puppets[MANY];
static bool interrupts_at_registration;

void __real_wait_queue_wait(struct wait_queue *queue, struct waiter *waiter, struct waker waker);
void __wrap_wait_queue_wait(struct wait_queue *queue, struct waiter *waiter, struct waker waker);

static void notify_one_from_handler(void)
{
    IN_HANDLER
    {
        notify_one(&notify);
    }
}

/* A real handler waits until interrupts are on. */
void __wrap_wait_queue_wait(struct wait_queue *queue, struct waiter *waiter, struct waker waker)
{
    if (interrupts_at_registration && interrupts_are_enabled())
        notify_one_from_handler();
    __real_wait_queue_wait(queue, waiter, waker);
}

static int notify_setup(void **state)
{
    int result = task_test_setup(state);

    notify = (struct notify){};
    interrupts_at_registration = false;
    for (unsigned i = 0; i < MANY; i++) {
        puppet_start(&puppets[i]);
        notify_wait_init(&waits[i], &notify);
    }
    return result;
}

#define NOTIFY_TEST(function) cmocka_unit_test_setup_teardown(function, notify_setup, task_test_teardown)

static void start_waiting(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        assert_int_equal(POLL(notify_wait, &waits[i], &puppets[i]), POLL_PENDING);
}

static void a_notification_before_the_wait_is_kept(void **state)
{
    (void)state;
    notify_one_from_handler();
    assert_int_equal(POLL(notify_wait, &waits[0], &puppets[0]), POLL_READY);
    assert_int_equal(POLL(notify_wait, &waits[1], &puppets[1]), POLL_PENDING);
    notify_wait_drop(&waits[1]);
}

static void two_notifications_before_the_wait_are_kept_as_one(void **state)
{
    (void)state;
    notify_one(&notify);
    notify_one_from_handler();
    assert_int_equal(POLL(notify_wait, &waits[0], &puppets[0]), POLL_READY);
    assert_int_equal(POLL(notify_wait, &waits[1], &puppets[1]), POLL_PENDING);
}

static void one_is_woken_at_a_time_in_order(void **state)
{
    (void)state;
    start_waiting(3);
    for (unsigned i = 0; i < 3; i++) {
        notify_one_from_handler();
        for (unsigned later = i + 1; later < 3; later++)
            ASSERT_STILL_WAITING(notify_wait, &waits[later], &puppets[later]);
        ASSERT_WOKEN_AND_READY(notify_wait, &waits[i], &puppets[i]);
    }
    assert_false(notify_try_take(&notify));
}

static void a_chosen_waiter_that_is_dropped_passes_it_on(void **state)
{
    (void)state;
    start_waiting(3);
    notify_one(&notify);
    notify_one(&notify);
    notify_wait_drop(&waits[0]);
    ASSERT_WOKEN_AND_READY(notify_wait, &waits[1], &puppets[1]);
    ASSERT_WOKEN_AND_READY(notify_wait, &waits[2], &puppets[2]);
    assert_false(notify_try_take(&notify));
}

static void the_last_chosen_waiter_that_is_dropped_leaves_the_permit(void **state)
{
    (void)state;
    start_waiting(1);
    notify_one(&notify);
    notify_wait_drop(&waits[0]);
    assert_true(notify_try_take(&notify));
    assert_false(notify_try_take(&notify));
}

static void a_waiter_that_is_dropped_while_it_waits_is_passed_over(void **state)
{
    (void)state;
    start_waiting(3);
    notify_wait_drop(&waits[1]);
    notify_one(&notify);
    notify_one(&notify);
    ASSERT_WOKEN_AND_READY(notify_wait, &waits[0], &puppets[0]);
    ASSERT_WOKEN_AND_READY(notify_wait, &waits[2], &puppets[2]);
    assert_false(puppet_was_woken(&puppets[1]));
}

static void notify_all_keeps_nothing_for_later(void **state)
{
    (void)state;
    notify_all(&notify);
    assert_int_equal(POLL(notify_wait, &waits[0], &puppets[0]), POLL_PENDING);
    notify_all(&notify);
    ASSERT_WOKEN_AND_READY(notify_wait, &waits[0], &puppets[0]);
    assert_int_equal(POLL(notify_wait, &waits[1], &puppets[1]), POLL_PENDING);
}

static void notify_all_leaves_what_notify_one_has_kept(void **state)
{
    (void)state;
    notify_one(&notify);
    notify_all(&notify);
    assert_int_equal(POLL(notify_wait, &waits[0], &puppets[0]), POLL_READY);
}

static void notify_all_wakes_all_that_wait(void **state)
{
    (void)state;
    start_waiting(MANY);
    IN_HANDLER
    {
        notify_all(&notify);
    }
    for (unsigned i = 0; i < MANY; i++)
        ASSERT_WOKEN_AND_READY(notify_wait, &waits[i], &puppets[i]);
}

static void a_waiter_notified_with_all_passes_nothing_on(void **state)
{
    (void)state;
    start_waiting(2);
    notify_all(&notify);
    notify_wait_init(&waits[2], &notify);
    assert_int_equal(POLL(notify_wait, &waits[2], &puppets[2]), POLL_PENDING);
    notify_wait_drop(&waits[0]);
    ASSERT_STILL_WAITING(notify_wait, &waits[2], &puppets[2]);
    assert_false(notify_try_take(&notify));
}

/* 50 waiters; the first that is woken drops every third of the others. */
static void drop_others(struct probe_record *record, struct context *context)
{
    (void)record, (void)context;
    for (unsigned i = 1; i < MANY; i += 3)
        notify_wait_drop(&waits[i]);
    puppets[0].record.in_poll = NULL;
}

static void a_woken_waiter_may_drop_others(void **state)
{
    (void)state;
    start_waiting(MANY);
    puppets[0].record.in_poll = drop_others;
    notify_all(&notify);
    run();
    for (unsigned i = 0; i < MANY; i++) {
        if (i % 3 != 1)
            assert_int_equal(POLL(notify_wait, &waits[i], &puppets[i]), POLL_READY);
    }
    assert_false(notify_try_take(&notify));
}

/* The handler drops what is about to be woken: as another CPU might. */
static void drop_the_last(void)
{
    notify_wait_drop(&waits[MANY - 1]);
    notify_wait_drop(&waits[1]);
    notify_one(&notify);
}

static void waiters_may_be_dropped_while_all_are_notified(void **state)
{
    unsigned sections = 0;

    (void)state;
    for (bool has_come = true; has_come; sections++) {
        notify = (struct notify){};
        for (unsigned i = 0; i < MANY; i++)
            notify_wait_init(&waits[i], &notify);
        start_waiting(MANY);
        interrupt_before_section(sections + 1, drop_the_last);
        notify_all(&notify);
        has_come = interrupt_has_come();
        if (!has_come)
            notify_wait_drop(&waits[MANY - 1]);
        for (unsigned i = 0; i < MANY - 1; i++) {
            if (has_come && i == 1)
                continue;
            assert_int_equal(POLL(notify_wait, &waits[i], &puppets[i]), POLL_READY);
        }
        assert_null(wait_queue_first(&notify.waiters));
    }
    assert_true(sections >= MANY);
}

static void a_notification_between_look_and_registration_is_not_lost(void **state)
{
    (void)state;
    interrupts_at_registration = true;
    if (POLL(notify_wait, &waits[0], &puppets[0]) == POLL_PENDING) {
        notify_one_from_handler();
        ASSERT_WOKEN_AND_READY(notify_wait, &waits[0], &puppets[0]);
    }
    assert_false(notify_try_take(&notify));
}

/* At every place of a poll where a handler can come. */
static void a_notification_at_any_moment_of_a_poll_is_not_lost(void **state)
{
    unsigned nth = 1;

    (void)state;
    for (bool has_come = true; has_come; nth++) {
        notify_wait_init(&waits[0], &notify);
        (void)puppet_was_woken(&puppets[0]);
        interrupt_before_section(nth, notify_one_from_handler);
        enum poll poll = POLL(notify_wait, &waits[0], &puppets[0]);
        has_come = interrupt_has_come();
        if (!has_come)
            notify_one_from_handler();
        if (poll == POLL_PENDING)
            ASSERT_WOKEN_AND_READY(notify_wait, &waits[0], &puppets[0]);
        assert_false(notify_try_take(&notify));
    }
    assert_true(nth > 2);
}

static void a_wait_polled_by_another_task_wakes_that_one(void **state)
{
    (void)state;
    start_waiting(1);
    assert_int_equal(POLL(notify_wait, &waits[0], &puppets[1]), POLL_PENDING);
    notify_one(&notify);
    assert_false(puppet_was_woken(&puppets[0]));
    ASSERT_WOKEN_AND_READY(notify_wait, &waits[0], &puppets[1]);
}

static void a_wait_that_ended_can_neither_be_polled_nor_harmed_by_a_drop(void **state)
{
    (void)state;
    notify_one(&notify);
    assert_int_equal(POLL(notify_wait, &waits[0], &puppets[0]), POLL_READY);
    notify_wait_drop(&waits[0]);
    assert_false(notify_try_take(&notify));
    EXPECT_PANIC("polled after completion", { (void)POLL(notify_wait, &waits[0], &puppets[0]); });
}

static void a_wait_dropped_before_its_first_poll_leaves_nothing(void **state)
{
    (void)state;
    notify_wait_drop(&waits[0]);
    assert_null(wait_queue_first(&notify.waiters));
    notify_one(&notify);
    assert_true(notify_try_take(&notify));
}

static unsigned rounds;

ASYNC_STATIC_FRAME(listener, struct notify_wait wait;);

static void listener_init(struct listener *self)
{
    coroutine_init(&self->coroutine);
}

ASYNC(listener)
{
    ASYNC_BEGIN;
    for (;;) {
        AWAIT(notify_wait, &self->wait, &notify);
        rounds++;
    }
    ASYNC_END;
}

static void a_cancelled_task_leaves_the_queue(void **state)
{
    struct spawn_result listener = SPAWN(&executor, listener, NULL);

    (void)state;
    assert_int_equal(listener.error, SPAWN_OK);
    rounds = 0;
    run();
    for (unsigned i = 0; i < 1000; i++)
        notify_one_from_handler();
    run();
    assert_int_equal(rounds, 2);
    notify_one_from_handler();
    assert_int_equal(executor_cancel(listener.task), CANCEL_REQUESTED);
    run();
    assert_int_equal(rounds, 2);
    assert_null(wait_queue_first(&notify.waiters));
    assert_true(notify_try_take(&notify));
}

static void who_was_notified_with_all_and_had_no_budget_passes_nothing_on(void **state)
{
    (void)state;
    assert_int_equal(POLL(notify_wait, &waits[0], &puppets[0]), POLL_PENDING);
    notify_all(&notify);
    assert_int_equal(POLL_WITHOUT_BUDGET(notify_wait, &waits[0], &puppets[0]), POLL_PENDING);
    notify_wait_drop(&waits[0]);
    assert_false(notify_try_take(&notify));
}

static void a_wait_that_moved_while_it_waits_panics(void **state)
{
    (void)state;
    assert_int_equal(POLL(notify_wait, &waits[0], &puppets[0]), POLL_PENDING);
    memcpy((void *)&waits[1], &waits[0], sizeof(waits[0]));
    EXPECT_PANIC("has moved", { (void)POLL(notify_wait, &waits[1], &puppets[0]); });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NOTIFY_TEST(a_notification_before_the_wait_is_kept),
        NOTIFY_TEST(two_notifications_before_the_wait_are_kept_as_one),
        NOTIFY_TEST(one_is_woken_at_a_time_in_order),
        NOTIFY_TEST(a_chosen_waiter_that_is_dropped_passes_it_on),
        NOTIFY_TEST(the_last_chosen_waiter_that_is_dropped_leaves_the_permit),
        NOTIFY_TEST(a_waiter_that_is_dropped_while_it_waits_is_passed_over),
        NOTIFY_TEST(notify_all_keeps_nothing_for_later),
        NOTIFY_TEST(notify_all_leaves_what_notify_one_has_kept),
        NOTIFY_TEST(notify_all_wakes_all_that_wait),
        NOTIFY_TEST(a_waiter_notified_with_all_passes_nothing_on),
        NOTIFY_TEST(a_woken_waiter_may_drop_others),
        NOTIFY_TEST(waiters_may_be_dropped_while_all_are_notified),
        NOTIFY_TEST(a_notification_between_look_and_registration_is_not_lost),
        NOTIFY_TEST(a_notification_at_any_moment_of_a_poll_is_not_lost),
        NOTIFY_TEST(a_wait_polled_by_another_task_wakes_that_one),
        NOTIFY_TEST(a_wait_that_ended_can_neither_be_polled_nor_harmed_by_a_drop),
        NOTIFY_TEST(a_wait_dropped_before_its_first_poll_leaves_nothing),
        NOTIFY_TEST(a_cancelled_task_leaves_the_queue),
        NOTIFY_TEST(who_was_notified_with_all_and_had_no_budget_passes_nothing_on),
        NOTIFY_TEST(a_wait_that_moved_while_it_waits_panics),
    };

    return cmocka_run_group_tests_name("notify", tests, NULL, NULL);
}
