/* SPDX-License-Identifier: MIT */
#pragma once

#include "sync_test.h"

#include <tenorite/task/channel.h>

/* A channel for three numbers, and the tasks and futures that use it: for the tests of channels. */
#define HELPER __attribute__((unused)) static

enum { ROOM = 3, MANY = 6 };

DEFINE_CHANNEL(numbers, uint32_t, ROOM);

HELPER struct numbers numbers;
HELPER struct numbers_send sends[MANY];
HELPER struct numbers_receive receives[MANY];
HELPER struct channel_reserve reserves[MANY];
HELPER struct channel_permit permits[MANY];
HELPER struct puppet senders[MANY], receivers[MANY];
HELPER uint32_t destroyed[16];
HELPER unsigned destroyed_count;

HELPER void destroy(void *message)
{
    destroyed[destroyed_count++] = *(uint32_t *)message;
}

HELPER int channel_setup(void **state)
{
    int result = task_test_setup(state);

    numbers_init(&numbers, destroy);
    destroyed_count = 0;
    for (unsigned i = 0; i < MANY; i++) {
        puppet_start(&senders[i]);
        puppet_start(&receivers[i]);
        channel_permit_init(&permits[i]);
    }
    return result;
}

#define CHANNEL_TEST(function) cmocka_unit_test_setup_teardown(function, channel_setup, task_test_teardown)

HELPER enum poll send(unsigned i, uint32_t number)
{
    numbers_send_init(&sends[i], &numbers, number);
    return POLL(numbers_send, &sends[i], &senders[i]);
}

HELPER enum poll receive(unsigned i)
{
    numbers_receive_init(&receives[i], &numbers);
    return POLL(numbers_receive, &receives[i], &receivers[i]);
}

HELPER enum poll reserve(unsigned i)
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

HELPER void assert_receives_nothing(enum channel_error expected)
{
    uint32_t untouched = 77;

    assert_int_equal(numbers_try_receive(&numbers, &untouched), expected);
    assert_int_equal(untouched, 77);
}

HELPER void fill(void)
{
    for (uint32_t number = 0; number < ROOM; number++)
        assert_int_equal(send(0, number), POLL_READY);
}
