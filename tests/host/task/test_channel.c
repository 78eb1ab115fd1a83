/* SPDX-License-Identifier: MIT */
/* Linked with --wrap=wait_queue_wait: where a waiter registers, a handler tries to come in between. */
#include "sync_test.h"

#include <tenorite/task/channel.h>
#include <tenorite/task/coroutine.h>

enum { ROOM = 3, MANY = 6 };

DEFINE_CHANNEL(numbers, uint32_t, ROOM);

static struct numbers numbers;
static struct numbers_send sends[MANY];
static struct numbers_receive receives[MANY];
static struct channel_reserve reserves[MANY];
static struct channel_permit permits[MANY];
static struct puppet senders[MANY], receivers[MANY];
static void (*at_registration)(void);
static uint32_t destroyed[16];
static unsigned destroyed_count;

void __real_wait_queue_wait(struct wait_queue *queue, struct waiter *waiter, struct waker waker);
void __wrap_wait_queue_wait(struct wait_queue *queue, struct waiter *waiter, struct waker waker);

/* A real handler waits until interrupts are on. */
void __wrap_wait_queue_wait(struct wait_queue *queue, struct waiter *waiter, struct waker waker)
{
    if (at_registration && interrupts_are_enabled())
        at_registration();
    __real_wait_queue_wait(queue, waiter, waker);
}

static void destroy(void *message)
{
    destroyed[destroyed_count++] = *(uint32_t *)message;
}

static int channel_setup(void **state)
{
    int result = task_test_setup(state);

    numbers_init(&numbers, destroy);
    at_registration = NULL;
    destroyed_count = 0;
    for (unsigned i = 0; i < MANY; i++) {
        puppet_start(&senders[i]);
        puppet_start(&receivers[i]);
        channel_permit_init(&permits[i]);
    }
    return result;
}

#define CHANNEL_TEST(function) cmocka_unit_test_setup_teardown(function, channel_setup, task_test_teardown)

static enum poll send(unsigned i, uint32_t number)
{
    numbers_send_init(&sends[i], &numbers, number);
    return POLL(numbers_send, &sends[i], &senders[i]);
}

static enum poll receive(unsigned i)
{
    numbers_receive_init(&receives[i], &numbers);
    return POLL(numbers_receive, &receives[i], &receivers[i]);
}

static enum poll reserve(unsigned i)
{
    channel_reserve_init(&reserves[i], &numbers.channel, &permits[i]);
    return POLL(channel_reserve, &reserves[i], &senders[i]);
}

#define ASSERT_SENT(i, expected)                                                                                     \
    do {                                                                                                             \
        ASSERT_WOKEN_AND_READY(numbers_send, &sends[i], &senders[i]);                                                \
        assert_int_equal(sends[i].error, expected);                                                                  \
    } while (0)
#define ASSERT_SEND_WAITS(i) ASSERT_STILL_WAITING(numbers_send, &sends[i], &senders[i])
#define ASSERT_RECEIVED(i, number)                                                                                   \
    do {                                                                                                             \
        ASSERT_WOKEN_AND_READY(numbers_receive, &receives[i], &receivers[i]);                                        \
        assert_int_equal(receives[i].error, CHANNEL_OK);                                                             \
        assert_int_equal(receives[i].result, number);                                                                \
    } while (0)
#define ASSERT_RECEIVE_WAITS(i) ASSERT_STILL_WAITING(numbers_receive, &receives[i], &receivers[i])
#define ASSERT_RECEIVE_ENDS(i)                                                                                       \
    do {                                                                                                             \
        ASSERT_WOKEN_AND_READY(numbers_receive, &receives[i], &receivers[i]);                                        \
        assert_int_equal(receives[i].error, CHANNEL_CLOSED);                                                         \
    } while (0)
#define ASSERT_NEXT_IS(number)                                                                                       \
    do {                                                                                                             \
        uint32_t next = ~0u;                                                                                         \
        assert_int_equal(numbers_try_receive(&numbers, &next), CHANNEL_OK);                                          \
        assert_int_equal(next, number);                                                                              \
    } while (0)

static void assert_receives_nothing(enum channel_error expected)
{
    uint32_t untouched = 77;

    assert_int_equal(numbers_try_receive(&numbers, &untouched), expected);
    assert_int_equal(untouched, 77);
}

static void fill(void)
{
    for (uint32_t number = 0; number < ROOM; number++)
        assert_int_equal(send(0, number), POLL_READY);
}

static void messages_come_out_in_order(void **state)
{
    (void)state;
    assert_receives_nothing(CHANNEL_EMPTY);
    for (uint32_t number = 0; number < 50; number++) {
        assert_int_equal(send(0, number), POLL_READY);
        assert_int_equal(numbers_try_send(&numbers, 100 + number), CHANNEL_OK);
        assert_int_equal(channel_count(&numbers.channel), 2);
        assert_int_equal(receive(0), POLL_READY);
        assert_int_equal(receives[0].result, number);
        ASSERT_NEXT_IS(100 + number);
        assert_true(numbers.channel.first < ROOM);
    }
    assert_receives_nothing(CHANNEL_EMPTY);
}

static void when_full_senders_wait_and_each_receive_lets_one_in_in_order(void **state)
{
    (void)state;
    fill();
    assert_int_equal(numbers_try_send(&numbers, 9), CHANNEL_FULL);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(send(i, 10 + i), POLL_PENDING);
    for (unsigned i = 0; i < 3; i++) {
        ASSERT_NEXT_IS(i);
        for (unsigned later = i + 1; later < 3; later++)
            ASSERT_SEND_WAITS(later);
        assert_int_equal(numbers_try_send(&numbers, 9), CHANNEL_FULL);
        ASSERT_SENT(i, CHANNEL_OK);
    }
    for (unsigned i = 0; i < 3; i++)
        ASSERT_NEXT_IS(10 + i);
    assert_receives_nothing(CHANNEL_EMPTY);
}

static void when_empty_receivers_wait_and_are_served_in_order(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(receive(i), POLL_PENDING);
    for (unsigned i = 0; i < 3; i++) {
        IN_HANDLER
        {
            assert_int_equal(numbers_try_send(&numbers, i), CHANNEL_OK);
        }
        assert_receives_nothing(CHANNEL_EMPTY);
        for (unsigned later = i + 1; later < 3; later++)
            ASSERT_RECEIVE_WAITS(later);
        ASSERT_RECEIVED(i, i);
    }
}

static void a_send_dropped_in_the_queue_sends_nothing(void **state)
{
    (void)state;
    fill();
    assert_int_equal(send(0, 10), POLL_PENDING);
    assert_int_equal(send(1, 11), POLL_PENDING);
    numbers_send_drop(&sends[0]);
    ASSERT_NEXT_IS(0);
    ASSERT_SENT(1, CHANNEL_OK);
}

static void a_chosen_send_that_is_dropped_lets_the_next_in(void **state)
{
    (void)state;
    fill();
    assert_int_equal(send(0, 10), POLL_PENDING);
    assert_int_equal(send(1, 11), POLL_PENDING);
    ASSERT_NEXT_IS(0);
    numbers_send_drop(&sends[0]);
    ASSERT_SENT(1, CHANNEL_OK);
    ASSERT_NEXT_IS(1);
    ASSERT_NEXT_IS(2);
    ASSERT_NEXT_IS(11);
}

static void a_chosen_receive_that_is_dropped_leaves_the_message_to_the_next(void **state)
{
    (void)state;
    assert_int_equal(receive(0), POLL_PENDING);
    assert_int_equal(receive(1), POLL_PENDING);
    assert_int_equal(numbers_try_send(&numbers, 5), CHANNEL_OK);
    numbers_receive_drop(&receives[0]);
    ASSERT_RECEIVED(1, 5);
    assert_int_equal(receive(0), POLL_PENDING);
    assert_int_equal(numbers_try_send(&numbers, 6), CHANNEL_OK);
    numbers_receive_drop(&receives[0]);
    ASSERT_NEXT_IS(6);
}

static void when_the_last_sender_is_gone_the_rest_is_received_and_then_the_end(void **state)
{
    (void)state;
    channel_add_sender(&numbers.channel);
    assert_int_equal(send(0, 1), POLL_READY);
    assert_int_equal(send(0, 2), POLL_READY);
    channel_remove_sender(&numbers.channel);
    assert_int_equal(numbers_try_send(&numbers, 3), CHANNEL_OK);
    channel_remove_sender(&numbers.channel);
    assert_int_equal(receive(0), POLL_READY);
    assert_int_equal(receives[0].result, 1);
    ASSERT_NEXT_IS(2);
    assert_int_equal(receive(0), POLL_READY);
    assert_int_equal(receives[0].error, CHANNEL_OK);
    assert_int_equal(receives[0].result, 3);
    assert_int_equal(receive(0), POLL_READY);
    assert_int_equal(receives[0].error, CHANNEL_CLOSED);
    assert_receives_nothing(CHANNEL_CLOSED);
    EXPECT_PANIC("its last sender is gone", { channel_add_sender(&numbers.channel); });
    interrupts_enable();
    EXPECT_PANIC("its last sender is gone", { channel_remove_sender(&numbers.channel); });
}

static void receivers_that_wait_are_told_when_the_last_sender_is_gone(void **state)
{
    (void)state;
    assert_int_equal(receive(0), POLL_PENDING);
    assert_int_equal(receive(1), POLL_PENDING);
    IN_HANDLER
    {
        channel_remove_sender(&numbers.channel);
    }
    ASSERT_RECEIVE_ENDS(0);
    ASSERT_RECEIVE_ENDS(1);
}

static void closing_wakes_senders_with_the_error_and_leaves_messages_readable(void **state)
{
    (void)state;
    fill();
    assert_int_equal(send(0, 10), POLL_PENDING);
    assert_int_equal(send(1, 11), POLL_PENDING);
    channel_close(&numbers.channel);
    channel_close(&numbers.channel);
    ASSERT_SENT(0, CHANNEL_CLOSED);
    ASSERT_SENT(1, CHANNEL_CLOSED);
    assert_int_equal(sends[1].value, 11);
    assert_int_equal(numbers_try_send(&numbers, 9), CHANNEL_CLOSED);
    assert_int_equal(send(2, 12), POLL_READY);
    assert_int_equal(sends[2].error, CHANNEL_CLOSED);
    for (uint32_t number = 0; number < ROOM; number++)
        ASSERT_NEXT_IS(number);
    assert_receives_nothing(CHANNEL_CLOSED);
}

static void a_send_chosen_before_the_close_is_still_sent(void **state)
{
    (void)state;
    fill();
    assert_int_equal(send(0, 10), POLL_PENDING);
    ASSERT_NEXT_IS(0);
    channel_close(&numbers.channel);
    ASSERT_NEXT_IS(1);
    ASSERT_NEXT_IS(2);
    assert_receives_nothing(CHANNEL_EMPTY);
    assert_int_equal(receive(0), POLL_PENDING);
    assert_int_equal(receive(1), POLL_PENDING);
    ASSERT_SENT(0, CHANNEL_OK);
    ASSERT_RECEIVED(0, 10);
    assert_int_equal(POLL(numbers_receive, &receives[1], &receivers[1]), POLL_READY);
    assert_int_equal(receives[1].error, CHANNEL_CLOSED);
}

static void a_receive_chosen_before_the_end_gets_its_message(void **state)
{
    (void)state;
    assert_int_equal(receive(0), POLL_PENDING);
    assert_int_equal(receive(1), POLL_PENDING);
    assert_int_equal(numbers_try_send(&numbers, 4), CHANNEL_OK);
    channel_remove_sender(&numbers.channel);
    ASSERT_RECEIVED(0, 4);
    ASSERT_RECEIVE_ENDS(1);
}

/* Its message is left over though the channel has ended, and the next receive finds it. */
static void a_chosen_receive_dropped_after_the_end_leaves_its_message(void **state)
{
    (void)state;
    assert_int_equal(receive(0), POLL_PENDING);
    assert_int_equal(numbers_try_send(&numbers, 4), CHANNEL_OK);
    channel_close(&numbers.channel);
    numbers_receive_drop(&receives[0]);
    ASSERT_NEXT_IS(4);
    assert_receives_nothing(CHANNEL_CLOSED);
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

static void unreceived_messages_are_destroyed_once(void **state)
{
    (void)state;
    fill();
    ASSERT_NEXT_IS(0);
    assert_int_equal(numbers_try_send(&numbers, 3), CHANNEL_OK);
    channel_close(&numbers.channel);
    ASSERT_NEXT_IS(1);
    channel_discard(&numbers.channel);
    channel_discard(&numbers.channel);
    assert_int_equal(destroyed_count, 2);
    assert_int_equal(destroyed[0], 2);
    assert_int_equal(destroyed[1], 3);
    assert_receives_nothing(CHANNEL_CLOSED);
}

static void discarding_makes_room_and_spares_what_was_given(void **state)
{
    (void)state;
    assert_int_equal(receive(0), POLL_PENDING);
    fill();
    assert_int_equal(send(1, 10), POLL_PENDING);
    channel_discard(&numbers.channel);
    assert_int_equal(destroyed_count, 2);
    ASSERT_SENT(1, CHANNEL_OK);
    assert_int_equal(channel_count(&numbers.channel), 2);
    assert_true(puppet_was_woken(&receivers[0]));
    assert_int_equal(POLL(numbers_receive, &receives[0], &receivers[0]), POLL_READY);
    assert_int_equal(receives[0].error, CHANNEL_OK);
    numbers_init(&numbers, NULL);
    fill();
    channel_discard(&numbers.channel);
    assert_int_equal(channel_count(&numbers.channel), 0);
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

static void sending_and_receiving_allocate_nothing(void **state)
{
    size_t blocks = heap_double_live_blocks();

    (void)state;
    heap_double_fail_at(1);
    fill();
    assert_int_equal(send(0, 10), POLL_PENDING);
    ASSERT_NEXT_IS(0);
    ASSERT_SENT(0, CHANNEL_OK);
    assert_int_equal(heap_double_live_blocks(), blocks);
}

static void a_poll_after_completion_panics(void **state)
{
    (void)state;
    assert_int_equal(send(0, 10), POLL_READY);
    EXPECT_PANIC("polled after completion", { (void)POLL(numbers_send, &sends[0], &senders[0]); });
    assert_int_equal(receive(0), POLL_READY);
    EXPECT_PANIC("polled after completion", { (void)POLL(numbers_receive, &receives[0], &receivers[0]); });
    assert_int_equal(reserve(0), POLL_READY);
    EXPECT_PANIC("has a place already", { (void)reserve(0); });
}

/* Tasks: two producers, two consumers, one small ring; the sum tells that every message came through once. */
ASYNC_STATIC_FRAME(producer, uint32_t next; uint32_t end; struct numbers_send send;);

static void producer_init(struct producer *self, uint32_t first, uint32_t end)
{
    coroutine_init(&self->coroutine);
    self->next = first;
    self->end = end;
}

ASYNC(producer)
{
    ASYNC_BEGIN;
    for (; self->next < self->end; self->next++)
        AWAIT(numbers_send, &self->send, &numbers, self->next);
    ASYNC_CLEANUP;
    channel_remove_sender(&numbers.channel);
    ASYNC_END;
}

static uint8_t seen[2000];
static unsigned consumers_ended;

ASYNC_STATIC_FRAME(consumer, enum channel_error error; struct numbers_receive receive;);

static void consumer_init(struct consumer *self)
{
    coroutine_init(&self->coroutine);
    self->error = CHANNEL_OK;
}

ASYNC(consumer)
{
    ASYNC_BEGIN;
    for (;;) {
        AWAIT_TRY(numbers_receive, &self->receive, &numbers);
        seen[self->receive.result]++;
    }
    ASYNC_CLEANUP;
    consumers_ended += self->error == CHANNEL_CLOSED;
    ASYNC_END;
}

static void many_tasks_pass_every_message_once(void **state)
{
    (void)state;
    memset(seen, 0, sizeof(seen));
    consumers_ended = 0;
    channel_add_sender(&numbers.channel);
    assert_int_equal(SPAWN(&executor, consumer, NULL).error, SPAWN_OK);
    assert_int_equal(SPAWN(&executor, producer, NULL, 0, 1000).error, SPAWN_OK);
    assert_int_equal(SPAWN(&executor, producer, NULL, 1000, 2000).error, SPAWN_OK);
    assert_int_equal(SPAWN(&executor, consumer, NULL).error, SPAWN_OK);
    run();
    for (unsigned i = 0; i < COUNT_OF(seen); i++)
        assert_int_equal(seen[i], 1);
    assert_int_equal(consumers_ended, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CHANNEL_TEST(messages_come_out_in_order),
        CHANNEL_TEST(when_full_senders_wait_and_each_receive_lets_one_in_in_order),
        CHANNEL_TEST(when_empty_receivers_wait_and_are_served_in_order),
        CHANNEL_TEST(a_send_dropped_in_the_queue_sends_nothing),
        CHANNEL_TEST(a_chosen_send_that_is_dropped_lets_the_next_in),
        CHANNEL_TEST(a_chosen_receive_that_is_dropped_leaves_the_message_to_the_next),
        CHANNEL_TEST(when_the_last_sender_is_gone_the_rest_is_received_and_then_the_end),
        CHANNEL_TEST(receivers_that_wait_are_told_when_the_last_sender_is_gone),
        CHANNEL_TEST(closing_wakes_senders_with_the_error_and_leaves_messages_readable),
        CHANNEL_TEST(a_send_chosen_before_the_close_is_still_sent),
        CHANNEL_TEST(a_receive_chosen_before_the_end_gets_its_message),
        CHANNEL_TEST(a_chosen_receive_dropped_after_the_end_leaves_its_message),
        CHANNEL_TEST(a_reserved_place_is_kept_and_a_send_into_it_never_waits),
        CHANNEL_TEST(a_released_place_wakes_the_next_sender),
        CHANNEL_TEST(a_reserved_place_outlives_the_close_and_its_release_ends_the_channel),
        CHANNEL_TEST(a_chosen_reserve_dropped_after_the_close_wakes_the_receiver),
        CHANNEL_TEST(a_queued_reserve_gets_the_error_of_the_close),
        CHANNEL_TEST(unreceived_messages_are_destroyed_once),
        CHANNEL_TEST(discarding_makes_room_and_spares_what_was_given),
        CHANNEL_TEST(a_message_between_look_and_registration_is_not_lost),
        CHANNEL_TEST(a_message_at_any_moment_of_a_receive_is_not_lost),
        CHANNEL_TEST(a_message_at_any_moment_of_a_send_keeps_both),
        CHANNEL_TEST(a_close_at_any_moment_of_the_last_receive_ends_the_next),
        CHANNEL_TEST(sending_and_receiving_allocate_nothing),
        CHANNEL_TEST(a_poll_after_completion_panics),
        CHANNEL_TEST(many_tasks_pass_every_message_once),
    };

    return cmocka_run_group_tests_name("channel", tests, NULL, NULL);
}
