/* SPDX-License-Identifier: MIT */
#include "channel_test.h"

#include <tenorite/task/coroutine.h>

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
        CHANNEL_TEST(unreceived_messages_are_destroyed_once),
        CHANNEL_TEST(discarding_makes_room_and_spares_what_was_given),
        CHANNEL_TEST(sending_and_receiving_allocate_nothing),
        CHANNEL_TEST(a_poll_after_completion_panics),
        CHANNEL_TEST(many_tasks_pass_every_message_once),
    };

    return cmocka_run_group_tests_name("channel", tests, NULL, NULL);
}
