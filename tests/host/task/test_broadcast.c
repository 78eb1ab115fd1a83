/* SPDX-License-Identifier: MIT */
#include "sync_test.h"

#include <tenorite/task/broadcast.h>

enum { ROOM = 2, MANY = 3 };

DEFINE_BROADCAST(number_broadcast, uint32_t, ROOM);
DEFINE_BROADCAST(uneven_broadcast, uint32_t, 3);

static struct number_broadcast numbers;
static struct number_broadcast_receiver receivers[MANY];
static struct number_broadcast_receive receives[MANY];
static struct puppet puppets[MANY];

static int broadcast_setup(void **state)
{
    int result = task_test_setup(state);

    numbers = (struct number_broadcast){};
    for (unsigned i = 0; i < MANY; i++) {
        puppet_start(&puppets[i]);
        number_broadcast_subscribe(&receivers[i], &numbers);
    }
    return result;
}

#define BROADCAST_TEST(function) cmocka_unit_test_setup_teardown(function, broadcast_setup, task_test_teardown)

static enum poll receive(unsigned i)
{
    number_broadcast_receive_init(&receives[i], &receivers[i]);
    return POLL(number_broadcast_receive, &receives[i], &puppets[i]);
}

#define ASSERT_GOT(i, number)                                                                                        \
    do {                                                                                                             \
        assert_int_equal(receives[i].error, BROADCAST_OK);                                                           \
        assert_int_equal(receives[i].lost, 0);                                                                       \
        assert_int_equal(receives[i].result, number);                                                                \
    } while (0)

#define ASSERT_RECEIVES(i, number)                                                                                   \
    do {                                                                                                             \
        assert_int_equal(receive(i), POLL_READY);                                                                    \
        ASSERT_GOT(i, number);                                                                                       \
    } while (0)

#define ASSERT_LOST(i, count)                                                                                        \
    do {                                                                                                             \
        assert_int_equal(receive(i), POLL_READY);                                                                    \
        assert_int_equal(receives[i].error, BROADCAST_LAGGED);                                                       \
        assert_int_equal(receives[i].lost, count);                                                                   \
    } while (0)

static void every_receiver_gets_every_message(void **state)
{
    (void)state;
    for (unsigned i = 0; i < MANY; i++)
        assert_int_equal(receive(i), POLL_PENDING);
    IN_HANDLER
    {
        number_broadcast_send(&numbers, 1);
    }
    number_broadcast_send(&numbers, 2);
    for (unsigned i = 0; i < MANY; i++) {
        ASSERT_WOKEN_AND_READY(number_broadcast_receive, &receives[i], &puppets[i]);
        ASSERT_GOT(i, 1);
        ASSERT_RECEIVES(i, 2);
        assert_int_equal(receive(i), POLL_PENDING);
    }
}

static void three_messages_through_room_for_two_lose_one_for_who_was_slow(void **state)
{
    (void)state;
    number_broadcast_send(&numbers, 1);
    ASSERT_RECEIVES(1, 1);
    number_broadcast_send(&numbers, 2);
    number_broadcast_send(&numbers, 3);
    ASSERT_LOST(0, 1);
    ASSERT_RECEIVES(0, 2);
    ASSERT_RECEIVES(0, 3);
    ASSERT_RECEIVES(1, 2);
    ASSERT_RECEIVES(1, 3);
    assert_int_equal(receive(0), POLL_PENDING);
    assert_int_equal(receive(1), POLL_PENDING);
}

static void the_lag_is_counted_for_each_receiver(void **state)
{
    (void)state;
    for (uint32_t number = 0; number < 10; number++) {
        if (number == 3)
            number_broadcast_subscribe(&receivers[1], &numbers);
        number_broadcast_send(&numbers, number);
    }
    ASSERT_LOST(0, 8);
    ASSERT_RECEIVES(0, 8);
    ASSERT_LOST(1, 5);
    ASSERT_RECEIVES(1, 8);
    number_broadcast_send(&numbers, 10);
    ASSERT_RECEIVES(0, 9);
    ASSERT_RECEIVES(0, 10);
    ASSERT_RECEIVES(1, 9);
}

static void a_ring_of_any_size_keeps_the_order(void **state)
{
    struct uneven_broadcast uneven = {};
    struct uneven_broadcast_receiver receiver;
    struct uneven_broadcast_receive receive;

    (void)state;
    uneven_broadcast_subscribe(&receiver, &uneven);
    for (uint32_t number = 0; number < 20; number += 2) {
        uneven_broadcast_send(&uneven, number);
        uneven_broadcast_send(&uneven, number + 1);
        for (uint32_t i = 0; i < 2; i++) {
            uneven_broadcast_receive_init(&receive, &receiver);
            assert_int_equal(POLL(uneven_broadcast_receive, &receive, &puppets[0]), POLL_READY);
            assert_int_equal(receive.result, number + i);
        }
    }
}

static void who_subscribes_gets_what_comes_from_then_on(void **state)
{
    (void)state;
    number_broadcast_send(&numbers, 1);
    number_broadcast_subscribe(&receivers[0], &numbers);
    assert_int_equal(receive(0), POLL_PENDING);
    number_broadcast_send(&numbers, 2);
    ASSERT_WOKEN_AND_READY(number_broadcast_receive, &receives[0], &puppets[0]);
    ASSERT_GOT(0, 2);
}

static void the_end_comes_after_the_last_message(void **state)
{
    (void)state;
    assert_int_equal(receive(1), POLL_PENDING);
    number_broadcast_send(&numbers, 1);
    broadcast_close(&numbers.sequence);
    ASSERT_RECEIVES(0, 1);
    assert_int_equal(receive(0), POLL_READY);
    assert_int_equal(receives[0].error, BROADCAST_CLOSED);
    ASSERT_WOKEN_AND_READY(number_broadcast_receive, &receives[1], &puppets[1]);
    ASSERT_GOT(1, 1);
}

static void a_receive_that_is_dropped_has_taken_nothing(void **state)
{
    (void)state;
    assert_int_equal(receive(0), POLL_PENDING);
    assert_int_equal(receive(1), POLL_PENDING);
    number_broadcast_send(&numbers, 1);
    number_broadcast_receive_drop(&receives[0]);
    ASSERT_RECEIVES(0, 1);
    assert_int_equal(receive(2), POLL_READY);
    assert_int_equal(receive(2), POLL_PENDING);
    number_broadcast_receive_drop(&receives[2]);
    assert_null(wait_queue_first(&numbers.sequence.waiters));
}

static void send_7(void)
{
    number_broadcast_send(&numbers, 7);
}

static void a_message_at_any_moment_of_a_receive_is_not_lost(void **state)
{
    unsigned nth = 1;

    (void)state;
    for (bool has_come = true; has_come; nth++) {
        number_broadcast_send(&numbers, nth);
        interrupt_before_section(nth, send_7);
        ASSERT_RECEIVES(0, nth);
        has_come = interrupt_has_come();
        if (has_come)
            ASSERT_RECEIVES(0, 7);
        assert_int_equal(receive(0), POLL_PENDING);
        number_broadcast_receive_drop(&receives[0]);
    }
    assert_true(nth > 3);
}

static void a_receiver_that_is_waited_for_twice_panics(void **state)
{
    (void)state;
    assert_int_equal(receive(0), POLL_PENDING);
    number_broadcast_receive_init(&receives[1], &receivers[0]);
    assert_int_equal(POLL(number_broadcast_receive, &receives[1], &puppets[1]), POLL_PENDING);
    number_broadcast_send(&numbers, 1);
    ASSERT_WOKEN_AND_READY(number_broadcast_receive, &receives[0], &puppets[0]);
    ASSERT_GOT(0, 1);
    EXPECT_PANIC("waited for twice", { (void)POLL(number_broadcast_receive, &receives[1], &puppets[1]); });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BROADCAST_TEST(every_receiver_gets_every_message),
        BROADCAST_TEST(three_messages_through_room_for_two_lose_one_for_who_was_slow),
        BROADCAST_TEST(the_lag_is_counted_for_each_receiver),
        BROADCAST_TEST(a_ring_of_any_size_keeps_the_order),
        BROADCAST_TEST(who_subscribes_gets_what_comes_from_then_on),
        BROADCAST_TEST(the_end_comes_after_the_last_message),
        BROADCAST_TEST(a_receive_that_is_dropped_has_taken_nothing),
        BROADCAST_TEST(a_message_at_any_moment_of_a_receive_is_not_lost),
        BROADCAST_TEST(a_receiver_that_is_waited_for_twice_panics),
    };

    return cmocka_run_group_tests_name("broadcast", tests, NULL, NULL);
}
