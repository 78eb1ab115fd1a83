/* SPDX-License-Identifier: MIT */
/* Reserved places, and handlers that come at any moment. Linked with --wrap=wait_queue_wait: where a waiter registers, a
 * handler tries to come in between. */
#include "channel_test.h"

static void (*at_registration)(void);

void __real_wait_queue_wait(struct wait_queue *queue, struct waiter *waiter, struct waker waker);
void __wrap_wait_queue_wait(struct wait_queue *queue, struct waiter *waiter, struct waker waker);

/* A real handler waits until interrupts are on. */
void __wrap_wait_queue_wait(struct wait_queue *queue, struct waiter *waiter, struct waker waker)
{
    if (at_registration && interrupts_are_enabled())
        at_registration();
    __real_wait_queue_wait(queue, waiter, waker);
}

static void a_reserved_place_is_kept_and_a_send_into_it_never_waits(void **state)
{
    (void)state;
    assert_int_equal(reserve(0), POLL_READY);
    assert_int_equal(reserves[0].error, CHANNEL_OK);
    assert_int_equal(numbers_try_send(&numbers, 1), CHANNEL_OK);
    assert_int_equal(numbers_try_send(&numbers, 2), CHANNEL_OK);
    assert_int_equal(numbers_try_send(&numbers, 3), CHANNEL_FULL);
    numbers_send_reserved(&numbers, &permits[0], 4);
    ASSERT_NEXT_IS(1);
    ASSERT_NEXT_IS(2);
    ASSERT_NEXT_IS(4);
    EXPECT_PANIC("permit", { numbers_send_reserved(&numbers, &permits[0], 5); });
}

static void a_released_place_wakes_the_next_sender(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ROOM; i++)
        assert_int_equal(reserve(i), POLL_READY);
    assert_int_equal(send(4, 1), POLL_PENDING);
    assert_int_equal(reserve(3), POLL_PENDING);
    channel_permit_release(&permits[1]);
    channel_permit_release(&permits[1]);
    ASSERT_SENT(4, CHANNEL_OK);
    ASSERT_STILL_WAITING(channel_reserve, &reserves[3], &senders[3]);
    channel_permit_release(&permits[0]);
    ASSERT_WOKEN_AND_READY(channel_reserve, &reserves[3], &senders[3]);
    assert_ptr_equal(permits[3].channel, &numbers.channel);
}

static void a_reserved_place_outlives_the_close_and_its_release_ends_the_channel(void **state)
{
    (void)state;
    assert_int_equal(reserve(0), POLL_READY);
    assert_int_equal(reserve(1), POLL_READY);
    channel_close(&numbers.channel);
    assert_int_equal(receive(0), POLL_PENDING);
    assert_int_equal(receive(1), POLL_PENDING);
    numbers_send_reserved(&numbers, &permits[0], 7);
    ASSERT_RECEIVED(0, 7);
    ASSERT_RECEIVE_WAITS(1);
    channel_permit_release(&permits[1]);
    ASSERT_RECEIVE_ENDS(1);
}

/* tokio#8260: the reserve was given a place, the channel is closed, then the reserve is dropped. */
static void a_chosen_reserve_dropped_after_the_close_wakes_the_receiver(void **state)
{
    (void)state;
    fill();
    assert_int_equal(reserve(0), POLL_PENDING);
    assert_int_equal(reserve(1), POLL_PENDING);
    ASSERT_NEXT_IS(0);
    ASSERT_NEXT_IS(1);
    ASSERT_NEXT_IS(2);
    channel_close(&numbers.channel);
    assert_int_equal(receive(0), POLL_PENDING);
    channel_reserve_drop(&reserves[0]);
    ASSERT_RECEIVE_WAITS(0);
    channel_reserve_drop(&reserves[1]);
    ASSERT_RECEIVE_ENDS(0);
    numbers_init(&numbers, NULL);
    fill();
    assert_int_equal(send(0, 1), POLL_PENDING);
    for (uint32_t number = 0; number < ROOM; number++)
        ASSERT_NEXT_IS(number);
    channel_close(&numbers.channel);
    assert_int_equal(receive(0), POLL_PENDING);
    numbers_send_drop(&sends[0]);
    ASSERT_RECEIVE_ENDS(0);
}

static void a_queued_reserve_gets_the_error_of_the_close(void **state)
{
    (void)state;
    fill();
    assert_int_equal(reserve(0), POLL_PENDING);
    channel_close(&numbers.channel);
    ASSERT_WOKEN_AND_READY(channel_reserve, &reserves[0], &senders[0]);
    assert_int_equal(reserves[0].error, CHANNEL_CLOSED);
    assert_null(permits[0].channel);
}

static void send_from_handler(void)
{
    IN_HANDLER
    {
        assert_int_equal(numbers_try_send(&numbers, 42), CHANNEL_OK);
    }
}

static void a_message_between_look_and_registration_is_not_lost(void **state)
{
    (void)state;
    at_registration = send_from_handler;
    if (receive(0) == POLL_PENDING) {
        send_from_handler();
        ASSERT_RECEIVED(0, 42);
    }
    assert_receives_nothing(CHANNEL_EMPTY);
    at_registration = NULL;
}

static void a_message_at_any_moment_of_a_receive_is_not_lost(void **state)
{
    unsigned nth = 1;

    (void)state;
    for (bool has_come = true; has_come; nth++) {
        (void)puppet_was_woken(&receivers[0]);
        interrupt_before_section(nth, send_from_handler);
        enum poll poll = receive(0);
        has_come = interrupt_has_come();
        if (!has_come)
            send_from_handler();
        if (poll == POLL_PENDING)
            ASSERT_RECEIVED(0, 42);
        assert_receives_nothing(CHANNEL_EMPTY);
    }
    assert_true(nth > 2);
}

/* The task sends 1 at the end of a queue that a handler uses too. */
static void a_message_at_any_moment_of_a_send_keeps_both(void **state)
{
    unsigned nth = 1;

    (void)state;
    for (bool has_come = true; has_come; nth++) {
        uint32_t first, second;

        interrupt_before_section(nth, send_from_handler);
        assert_int_equal(send(0, 1), POLL_READY);
        has_come = interrupt_has_come();
        if (!has_come)
            send_from_handler();
        assert_int_equal(numbers_try_receive(&numbers, &first), CHANNEL_OK);
        assert_int_equal(numbers_try_receive(&numbers, &second), CHANNEL_OK);
        assert_true((first == 1 && second == 42) || (first == 42 && second == 1));
        assert_receives_nothing(CHANNEL_EMPTY);
    }
    assert_true(nth > 3);
}

static void close_it(void)
{
    channel_close(&numbers.channel);
}

static void a_close_at_any_moment_of_the_last_receive_ends_the_next(void **state)
{
    unsigned nth = 1;

    (void)state;
    for (bool has_come = true; has_come; nth++) {
        numbers_init(&numbers, NULL);
        assert_int_equal(numbers_try_send(&numbers, 8), CHANNEL_OK);
        assert_int_equal(receive(1), POLL_READY);
        assert_int_equal(numbers_try_send(&numbers, 9), CHANNEL_OK);
        interrupt_before_section(nth, close_it);
        ASSERT_NEXT_IS(9);
        has_come = interrupt_has_come();
        if (!has_come)
            channel_close(&numbers.channel);
        assert_receives_nothing(CHANNEL_CLOSED);
    }
    assert_true(nth > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CHANNEL_TEST(a_reserved_place_is_kept_and_a_send_into_it_never_waits),
        CHANNEL_TEST(a_released_place_wakes_the_next_sender),
        CHANNEL_TEST(a_reserved_place_outlives_the_close_and_its_release_ends_the_channel),
        CHANNEL_TEST(a_chosen_reserve_dropped_after_the_close_wakes_the_receiver),
        CHANNEL_TEST(a_queued_reserve_gets_the_error_of_the_close),
        CHANNEL_TEST(a_message_between_look_and_registration_is_not_lost),
        CHANNEL_TEST(a_message_at_any_moment_of_a_receive_is_not_lost),
        CHANNEL_TEST(a_message_at_any_moment_of_a_send_keeps_both),
        CHANNEL_TEST(a_close_at_any_moment_of_the_last_receive_ends_the_next),
    };

    return cmocka_run_group_tests_name("channel_reserve", tests, NULL, NULL);
}
