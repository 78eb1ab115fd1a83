/* SPDX-License-Identifier: MIT */
#include "sync_test.h"

#include <tenorite/task/coroutine.h>
#include <tenorite/task/oneshot.h>

DEFINE_ONESHOT(reply, uint32_t);

static struct reply reply;
static struct reply_receive receive;
static struct puppet puppets[2];
static uint32_t destroyed;
static unsigned destroyed_count;

static void destroy(uint32_t *value)
{
    destroyed = *value;
    destroyed_count++;
}

static int oneshot_setup(void **state)
{
    int result = task_test_setup(state);

    reply_init(&reply, destroy);
    reply_receive_init(&receive, &reply);
    destroyed_count = 0;
    puppet_start(&puppets[0]);
    puppet_start(&puppets[1]);
    return result;
}

#define ONESHOT_TEST(function) cmocka_unit_test_setup_teardown(function, oneshot_setup, task_test_teardown)

static void send_5(void)
{
    IN_HANDLER
    {
        assert_int_equal(reply_send(&reply, 5), ONESHOT_OK);
    }
}

static void a_value_sent_before_the_poll_is_received(void **state)
{
    (void)state;
    send_5();
    assert_int_equal(POLL(reply_receive, &receive, &puppets[0]), POLL_READY);
    assert_int_equal(receive.error, ONESHOT_OK);
    assert_int_equal(receive.result, 5);
}

static void a_value_sent_after_the_poll_wakes_the_receiver(void **state)
{
    (void)state;
    assert_int_equal(POLL(reply_receive, &receive, &puppets[0]), POLL_PENDING);
    send_5();
    ASSERT_WOKEN_AND_READY(reply_receive, &receive, &puppets[0]);
    assert_int_equal(receive.result, 5);
    reply_receive_drop(&receive);
    assert_int_equal(destroyed_count, 0);
    EXPECT_PANIC("polled after completion", { (void)POLL(reply_receive, &receive, &puppets[0]); });
}

static void a_sender_that_gives_up_wakes_the_receiver_with_the_error(void **state)
{
    (void)state;
    assert_int_equal(POLL(reply_receive, &receive, &puppets[0]), POLL_PENDING);
    IN_HANDLER
    {
        oneshot_close(&reply.state);
    }
    ASSERT_WOKEN_AND_READY(reply_receive, &receive, &puppets[0]);
    assert_int_equal(receive.error, ONESHOT_CLOSED);
}

static void closing_after_the_send_changes_nothing(void **state)
{
    (void)state;
    send_5();
    oneshot_close(&reply.state);
    assert_int_equal(POLL(reply_receive, &receive, &puppets[0]), POLL_READY);
    assert_int_equal(receive.error, ONESHOT_OK);
    assert_int_equal(receive.result, 5);
}

static void when_the_receiver_is_gone_a_send_fails_and_the_sender_keeps_the_value(void **state)
{
    (void)state;
    assert_int_equal(POLL(reply_receive, &receive, &puppets[0]), POLL_PENDING);
    reply_receive_drop(&receive);
    assert_int_equal(reply_send(&reply, 5), ONESHOT_CLOSED);
    assert_int_equal(destroyed_count, 0);
    assert_false(puppet_was_woken(&puppets[0]));
}

static void a_value_nobody_received_is_destroyed_once(void **state)
{
    (void)state;
    send_5();
    reply_receive_drop(&receive);
    reply_receive_drop(&receive);
    assert_int_equal(destroyed_count, 1);
    assert_int_equal(destroyed, 5);
    reply_init(&reply, NULL);
    reply_receive_init(&receive, &reply);
    send_5();
    reply_receive_drop(&receive);
    assert_int_equal(destroyed_count, 1);
}

static void the_task_that_polled_last_is_woken(void **state)
{
    (void)state;
    assert_int_equal(POLL(reply_receive, &receive, &puppets[0]), POLL_PENDING);
    assert_int_equal(POLL(reply_receive, &receive, &puppets[1]), POLL_PENDING);
    send_5();
    assert_false(puppet_was_woken(&puppets[0]));
    ASSERT_WOKEN_AND_READY(reply_receive, &receive, &puppets[1]);
}

static void sending_twice_panics(void **state)
{
    (void)state;
    send_5();
    EXPECT_PANIC("is sent or closed already", { (void)reply_send(&reply, 6); });
    interrupts_enable();
    assert_int_equal(POLL(reply_receive, &receive, &puppets[0]), POLL_READY);
    assert_int_equal(receive.result, 5);
}

static void a_value_at_any_moment_of_a_poll_is_received(void **state)
{
    unsigned nth = 1;

    (void)state;
    for (bool has_come = true; has_come; nth++) {
        reply_init(&reply, NULL);
        reply_receive_init(&receive, &reply);
        (void)puppet_was_woken(&puppets[0]);
        interrupt_before_section(nth, send_5);
        enum poll poll = POLL(reply_receive, &receive, &puppets[0]);
        has_come = interrupt_has_come();
        if (!has_come)
            send_5();
        if (poll == POLL_PENDING)
            ASSERT_WOKEN_AND_READY(reply_receive, &receive, &puppets[0]);
        assert_int_equal(receive.result, 5);
    }
    assert_true(nth > 2);
}

static enum oneshot_error sent;

static void try_to_send(void)
{
    sent = reply_send(&reply, 5);
}

/* Either the sender keeps it, or it is destroyed. */
static void a_value_at_any_moment_of_a_drop_is_not_lost(void **state)
{
    unsigned nth = 1;

    (void)state;
    for (bool has_come = true; has_come; nth++) {
        reply_init(&reply, destroy);
        reply_receive_init(&receive, &reply);
        destroyed_count = 0;
        assert_int_equal(POLL(reply_receive, &receive, &puppets[0]), POLL_PENDING);
        interrupt_before_section(nth, try_to_send);
        reply_receive_drop(&receive);
        has_come = interrupt_has_come();
        if (!has_come)
            try_to_send();
        assert_int_equal(destroyed_count, sent == ONESHOT_OK);
    }
    assert_true(nth > 2);
}

static void a_second_receiver_panics(void **state)
{
    struct reply_receive second;

    (void)state;
    assert_int_equal(POLL(reply_receive, &receive, &puppets[0]), POLL_PENDING);
    reply_receive_drop(&receive);
    EXPECT_PANIC("had its receiver", { reply_receive_init(&second, &reply); });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ONESHOT_TEST(a_value_sent_before_the_poll_is_received),
        ONESHOT_TEST(a_value_sent_after_the_poll_wakes_the_receiver),
        ONESHOT_TEST(a_sender_that_gives_up_wakes_the_receiver_with_the_error),
        ONESHOT_TEST(closing_after_the_send_changes_nothing),
        ONESHOT_TEST(when_the_receiver_is_gone_a_send_fails_and_the_sender_keeps_the_value),
        ONESHOT_TEST(a_value_nobody_received_is_destroyed_once),
        ONESHOT_TEST(the_task_that_polled_last_is_woken),
        ONESHOT_TEST(sending_twice_panics),
        ONESHOT_TEST(a_value_at_any_moment_of_a_poll_is_received),
        ONESHOT_TEST(a_value_at_any_moment_of_a_drop_is_not_lost),
        ONESHOT_TEST(a_second_receiver_panics),
    };

    return cmocka_run_group_tests_name("oneshot", tests, NULL, NULL);
}
