/* SPDX-License-Identifier: MIT */
/* Linked with --wrap=wait_queue_wait: where a waiter registers, a handler tries to come in between. */
#include "sync_test.h"

#include <tenorite/task/signal.h>

enum { MANY = 3 };

DEFINE_SIGNAL(number_signal, uint64_t);

static struct number_signal signal;
static struct number_signal_wait waits[MANY];
static struct puppet puppets[MANY];
static bool interrupts_at_registration;

void __real_wait_queue_wait(struct wait_queue *queue, struct waiter *waiter, struct waker waker);
void __wrap_wait_queue_wait(struct wait_queue *queue, struct waiter *waiter, struct waker waker);

static void send_42(void)
{
    IN_HANDLER
    {
        number_signal_send(&signal, 42);
    }
}

/* A real handler waits until interrupts are on. */
void __wrap_wait_queue_wait(struct wait_queue *queue, struct waiter *waiter, struct waker waker)
{
    if (interrupts_at_registration && interrupts_are_enabled())
        send_42();
    __real_wait_queue_wait(queue, waiter, waker);
}

static int signal_setup(void **state)
{
    int result = task_test_setup(state);

    signal = (struct number_signal){};
    interrupts_at_registration = false;
    for (unsigned i = 0; i < MANY; i++) {
        puppet_start(&puppets[i]);
        number_signal_wait_init(&waits[i], &signal);
    }
    return result;
}

#define SIGNAL_TEST(function) cmocka_unit_test_setup_teardown(function, signal_setup, task_test_teardown)

static enum poll poll_wait(unsigned i)
{
    return POLL(number_signal_wait, &waits[i], &puppets[i]);
}

#define ASSERT_GETS(i, number)                                                                                       \
    do {                                                                                                             \
        ASSERT_WOKEN_AND_READY(number_signal_wait, &waits[i], &puppets[i]);                                          \
        assert_int_equal(waits[i].result, number);                                                                   \
    } while (0)

static void assert_has_none(void)
{
    uint64_t value = 7;

    assert_false(number_signal_try_take(&signal, &value));
    assert_int_equal(value, 7);
}

static void a_newer_value_overwrites_and_a_wait_consumes(void **state)
{
    (void)state;
    number_signal_send(&signal, 1);
    send_42();
    number_signal_send(&signal, 3);
    assert_int_equal(poll_wait(0), POLL_READY);
    assert_int_equal(waits[0].result, 3);
    assert_has_none();
    assert_int_equal(poll_wait(1), POLL_PENDING);
    send_42();
    ASSERT_GETS(1, 42);
    assert_int_equal(poll_wait(2), POLL_PENDING);
}

static void a_value_that_was_given_is_still_overwritten(void **state)
{
    (void)state;
    assert_int_equal(poll_wait(0), POLL_PENDING);
    assert_int_equal(poll_wait(1), POLL_PENDING);
    number_signal_send(&signal, 1);
    number_signal_send(&signal, 2);
    assert_has_none();
    ASSERT_GETS(0, 2);
    ASSERT_STILL_WAITING(number_signal_wait, &waits[1], &puppets[1]);
    number_signal_send(&signal, 3);
    ASSERT_GETS(1, 3);
    assert_has_none();
}

static void a_chosen_wait_that_is_dropped_leaves_the_value_to_the_next(void **state)
{
    uint64_t value = 0;

    (void)state;
    assert_int_equal(poll_wait(0), POLL_PENDING);
    assert_int_equal(poll_wait(1), POLL_PENDING);
    number_signal_send(&signal, 8);
    number_signal_wait_drop(&waits[0]);
    ASSERT_GETS(1, 8);
    assert_int_equal(poll_wait(2), POLL_PENDING);
    number_signal_send(&signal, 9);
    number_signal_wait_drop(&waits[2]);
    assert_true(number_signal_try_take(&signal, &value));
    assert_int_equal(value, 9);
    assert_has_none();
}

static void a_value_between_look_and_registration_is_not_lost(void **state)
{
    (void)state;
    interrupts_at_registration = true;
    if (poll_wait(0) == POLL_PENDING) {
        send_42();
        ASSERT_GETS(0, 42);
    }
    assert_has_none();
}

/* Taken is the old value or the new one, and the new one is never lost. */
static void a_value_at_any_moment_of_a_wait_is_not_lost(void **state)
{
    unsigned nth = 1;

    (void)state;
    for (bool has_come = true; has_come; nth++) {
        uint64_t last;

        number_signal_send(&signal, 1);
        number_signal_wait_init(&waits[0], &signal);
        interrupt_before_section(nth, send_42);
        assert_int_equal(poll_wait(0), POLL_READY);
        has_come = interrupt_has_come();
        last = waits[0].result;
        if (number_signal_try_take(&signal, &last))
            assert_int_equal(waits[0].result, 1);
        assert_int_equal(last, has_come ? 42 : 1);
    }
    assert_true(nth > 3);
}

static void a_send_within_a_send_leaves_one_of_the_values_once(void **state)
{
    unsigned nth = 1;

    (void)state;
    for (bool has_come = true; has_come; nth++) {
        uint64_t value = 0;

        interrupt_before_section(nth, send_42);
        number_signal_send(&signal, 1);
        has_come = interrupt_has_come();
        assert_true(number_signal_try_take(&signal, &value));
        assert_true(value == 1 || value == 42);
        assert_has_none();
    }
    assert_true(nth > 2);
}

static void without_budget_a_wait_keeps_what_it_was_given(void **state)
{
    (void)state;
    number_signal_send(&signal, 5);
    assert_int_equal(POLL_WITHOUT_BUDGET(number_signal_wait, &waits[0], &puppets[0]), POLL_PENDING);
    assert_has_none();
    ASSERT_GETS(0, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SIGNAL_TEST(a_newer_value_overwrites_and_a_wait_consumes),
        SIGNAL_TEST(a_value_that_was_given_is_still_overwritten),
        SIGNAL_TEST(a_chosen_wait_that_is_dropped_leaves_the_value_to_the_next),
        SIGNAL_TEST(a_value_between_look_and_registration_is_not_lost),
        SIGNAL_TEST(a_value_at_any_moment_of_a_wait_is_not_lost),
        SIGNAL_TEST(a_send_within_a_send_leaves_one_of_the_values_once),
        SIGNAL_TEST(without_budget_a_wait_keeps_what_it_was_given),
    };

    return cmocka_run_group_tests_name("signal", tests, NULL, NULL);
}
