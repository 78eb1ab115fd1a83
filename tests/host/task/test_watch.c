/* SPDX-License-Identifier: MIT */
#include "sync_test.h"

#include <tenorite/task/watch.h>

enum { MANY = 3 };

struct mode {
    unsigned width, height;
};

DEFINE_WATCH(mode_watch, struct mode);

static struct mode_watch watch;
static struct mode_watch_receiver receivers[MANY];
static struct mode_watch_changed changes[MANY];
static struct puppet puppets[MANY];

static int watch_setup(void **state)
{
    int result = task_test_setup(state);

    mode_watch_init(&watch, (struct mode){80, 25});
    for (unsigned i = 0; i < MANY; i++) {
        puppet_start(&puppets[i]);
        mode_watch_subscribe(&receivers[i], &watch);
    }
    return result;
}

#define WATCH_TEST(function) cmocka_unit_test_setup_teardown(function, watch_setup, task_test_teardown)

static enum poll wait_for_change(unsigned i)
{
    mode_watch_changed_init(&changes[i], &receivers[i]);
    return POLL(mode_watch_changed, &changes[i], &puppets[i]);
}

static void send(unsigned width)
{
    mode_watch_send(&watch, (struct mode){width, 2 * width});
}

static unsigned width_now(void)
{
    struct mode mode;

    mode_watch_get(&watch, &mode);
    return mode.width;
}

#define ASSERT_SEES(i, expected)                                                                                     \
    do {                                                                                                             \
        assert_int_equal(changes[i].error, WATCH_OK);                                                                \
        assert_int_equal(changes[i].result.width, expected);                                                         \
        assert_int_equal(changes[i].result.height, 2 * (expected));                                                  \
    } while (0)

static void all_who_wait_see_a_change(void **state)
{
    (void)state;
    for (unsigned i = 0; i < MANY; i++)
        assert_int_equal(wait_for_change(i), POLL_PENDING);
    IN_HANDLER
    {
        send(100);
    }
    for (unsigned i = 0; i < MANY; i++) {
        ASSERT_WOKEN_AND_READY(mode_watch_changed, &changes[i], &puppets[i]);
        ASSERT_SEES(i, 100);
    }
    assert_int_equal(wait_for_change(0), POLL_PENDING);
}

static void of_several_changes_the_last_is_seen_once(void **state)
{
    (void)state;
    assert_int_equal(width_now(), 80);
    send(1);
    send(2);
    send(3);
    assert_int_equal(wait_for_change(0), POLL_READY);
    ASSERT_SEES(0, 3);
    assert_int_equal(wait_for_change(0), POLL_PENDING);
    assert_int_equal(wait_for_change(1), POLL_READY);
    ASSERT_SEES(1, 3);
    assert_int_equal(width_now(), 3);
}

static void a_change_after_the_wake_is_the_one_that_is_seen(void **state)
{
    (void)state;
    assert_int_equal(wait_for_change(0), POLL_PENDING);
    send(1);
    send(2);
    ASSERT_WOKEN_AND_READY(mode_watch_changed, &changes[0], &puppets[0]);
    ASSERT_SEES(0, 2);
    assert_int_equal(wait_for_change(0), POLL_PENDING);
}

static void the_end_comes_after_the_last_change_was_seen(void **state)
{
    (void)state;
    assert_int_equal(wait_for_change(1), POLL_PENDING);
    send(5);
    watch_close(&watch.sequence);
    assert_int_equal(wait_for_change(0), POLL_READY);
    ASSERT_SEES(0, 5);
    assert_int_equal(wait_for_change(0), POLL_READY);
    assert_int_equal(changes[0].error, WATCH_CLOSED);
    ASSERT_WOKEN_AND_READY(mode_watch_changed, &changes[1], &puppets[1]);
    ASSERT_SEES(1, 5);
}

static void the_close_wakes_who_has_seen_all(void **state)
{
    (void)state;
    assert_int_equal(wait_for_change(0), POLL_PENDING);
    IN_HANDLER
    {
        watch_close(&watch.sequence);
    }
    ASSERT_WOKEN_AND_READY(mode_watch_changed, &changes[0], &puppets[0]);
    assert_int_equal(changes[0].error, WATCH_CLOSED);
    assert_int_equal(width_now(), 80);
}

static void a_wait_that_is_dropped_has_seen_nothing(void **state)
{
    (void)state;
    assert_int_equal(wait_for_change(0), POLL_PENDING);
    assert_int_equal(wait_for_change(1), POLL_PENDING);
    send(5);
    mode_watch_changed_drop(&changes[0]);
    assert_int_equal(wait_for_change(0), POLL_READY);
    ASSERT_SEES(0, 5);
    assert_int_equal(wait_for_change(2), POLL_READY);
    assert_int_equal(wait_for_change(2), POLL_PENDING);
    mode_watch_changed_drop(&changes[2]);
    mode_watch_changed_drop(&changes[2]);
    assert_null(wait_queue_first(&watch.sequence.waiters));
    EXPECT_PANIC("polled after completion", { (void)POLL(mode_watch_changed, &changes[0], &puppets[0]); });
}

static void send_9(void)
{
    send(9);
}

static void a_change_at_any_moment_of_a_poll_is_seen(void **state)
{
    unsigned nth = 1;

    (void)state;
    for (bool has_come = true; has_come; nth++) {
        (void)puppet_was_woken(&puppets[0]);
        send(nth);
        interrupt_before_section(nth, send_9);
        assert_int_equal(wait_for_change(0), POLL_READY);
        has_come = interrupt_has_come();
        assert_int_equal(changes[0].result.height, 2 * changes[0].result.width);
        if (changes[0].result.width != 9 && has_come) {
            assert_int_equal(wait_for_change(0), POLL_READY);
            ASSERT_SEES(0, 9);
        }
        assert_int_equal(wait_for_change(0), POLL_PENDING);
        mode_watch_changed_drop(&changes[0]);
    }
    assert_true(nth > 3);
    interrupt_before_section(1, send_9);
    if (wait_for_change(0) == POLL_PENDING)
        ASSERT_WOKEN_AND_READY(mode_watch_changed, &changes[0], &puppets[0]);
    ASSERT_SEES(0, 9);
}

static void without_budget_a_change_waits_for_the_next_poll(void **state)
{
    (void)state;
    mode_watch_changed_init(&changes[0], &receivers[0]);
    send(4);
    assert_int_equal(POLL_WITHOUT_BUDGET(mode_watch_changed, &changes[0], &puppets[0]), POLL_PENDING);
    ASSERT_WOKEN_AND_READY(mode_watch_changed, &changes[0], &puppets[0]);
    ASSERT_SEES(0, 4);
}

static void a_receiver_that_is_waited_for_twice_panics(void **state)
{
    (void)state;
    assert_int_equal(wait_for_change(0), POLL_PENDING);
    mode_watch_changed_init(&changes[1], &receivers[0]);
    assert_int_equal(POLL(mode_watch_changed, &changes[1], &puppets[1]), POLL_PENDING);
    send(100);
    ASSERT_WOKEN_AND_READY(mode_watch_changed, &changes[0], &puppets[0]);
    assert_int_equal(changes[0].error, WATCH_OK);
    EXPECT_PANIC("waited for twice", { (void)POLL(mode_watch_changed, &changes[1], &puppets[1]); });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WATCH_TEST(all_who_wait_see_a_change),
        WATCH_TEST(of_several_changes_the_last_is_seen_once),
        WATCH_TEST(a_change_after_the_wake_is_the_one_that_is_seen),
        WATCH_TEST(the_end_comes_after_the_last_change_was_seen),
        WATCH_TEST(the_close_wakes_who_has_seen_all),
        WATCH_TEST(a_wait_that_is_dropped_has_seen_nothing),
        WATCH_TEST(a_change_at_any_moment_of_a_poll_is_seen),
        WATCH_TEST(without_budget_a_change_waits_for_the_next_poll),
        WATCH_TEST(a_receiver_that_is_waited_for_twice_panics),
    };

    return cmocka_run_group_tests_name("watch", tests, NULL, NULL);
}
