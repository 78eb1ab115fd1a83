/* SPDX-License-Identifier: MIT */
#include "sync_test.h"

#include <tenorite/task/barrier.h>

enum { MANY = 8 };

static struct barrier barrier;
static struct barrier_wait waits[MANY];
static struct puppet puppets[MANY];

static int barrier_setup(void **state)
{
    int result = task_test_setup(state);

    for (unsigned i = 0; i < MANY; i++)
        puppet_start(&puppets[i]);
    return result;
}

#define BARRIER_TEST(function) cmocka_unit_test_setup_teardown(function, barrier_setup, task_test_teardown)

static enum poll come(unsigned i)
{
    barrier_wait_init(&waits[i], &barrier);
    return POLL(barrier_wait, &waits[i], &puppets[i]);
}

static void the_last_is_the_one_leader_of_each_round(void **state)
{
    (void)state;
    barrier_init(&barrier, MANY);
    for (unsigned round = 0; round < 3; round++) {
        unsigned last = (round * 3 + MANY - 1) % MANY;

        for (unsigned n = 0; n < MANY - 1; n++)
            assert_int_equal(come((round * 3 + n) % MANY), POLL_PENDING);
        for (unsigned i = 0; i < MANY; i++) {
            if (i != last)
                ASSERT_STILL_WAITING(barrier_wait, &waits[i], &puppets[i]);
        }
        assert_int_equal(come(last), POLL_READY);
        assert_int_equal(waits[last].result, BARRIER_LEADER);
        for (unsigned i = 0; i < MANY; i++) {
            if (i == last)
                continue;
            ASSERT_WOKEN_AND_READY(barrier_wait, &waits[i], &puppets[i]);
            assert_int_equal(waits[i].result, BARRIER_FOLLOWER);
        }
    }
}

static void a_barrier_for_one_lets_everybody_lead(void **state)
{
    (void)state;
    barrier_init(&barrier, 1);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(come(i), POLL_READY);
        assert_int_equal(waits[i].result, BARRIER_LEADER);
    }
}

static void who_is_dropped_has_not_come(void **state)
{
    (void)state;
    barrier_init(&barrier, 3);
    assert_int_equal(come(0), POLL_PENDING);
    assert_int_equal(come(1), POLL_PENDING);
    barrier_wait_drop(&waits[0]);
    barrier_wait_drop(&waits[0]);
    assert_int_equal(come(2), POLL_PENDING);
    assert_int_equal(come(3), POLL_READY);
    ASSERT_WOKEN_AND_READY(barrier_wait, &waits[1], &puppets[1]);
    ASSERT_WOKEN_AND_READY(barrier_wait, &waits[2], &puppets[2]);
    assert_false(puppet_was_woken(&puppets[0]));
    assert_int_equal(barrier.arrived, 0);
}

static void who_was_let_pass_counts_even_if_it_is_dropped_then(void **state)
{
    (void)state;
    barrier_init(&barrier, 2);
    assert_int_equal(come(0), POLL_PENDING);
    assert_int_equal(come(1), POLL_READY);
    assert_int_equal(come(2), POLL_PENDING);
    barrier_wait_drop(&waits[0]);
    assert_int_equal(barrier.arrived, 1);
    assert_int_equal(come(3), POLL_READY);
    ASSERT_WOKEN_AND_READY(barrier_wait, &waits[2], &puppets[2]);
}

static void drop_first_of_round(void)
{
    barrier_wait_drop(&waits[1]);
}

/* As on another CPU: the round is over, but its waiter is not woken yet. */
static void a_drop_while_the_round_is_let_pass_does_not_count_in_the_next(void **state)
{
    (void)state;
    barrier_init(&barrier, 3);
    assert_int_equal(come(0), POLL_PENDING);
    assert_int_equal(come(1), POLL_PENDING);
    barrier_wait_init(&waits[2], &barrier);
    interrupt_before_section(3, drop_first_of_round);
    assert_int_equal(POLL(barrier_wait, &waits[2], &puppets[2]), POLL_READY);
    assert_true(interrupt_has_come());
    assert_int_equal(barrier.arrived, 0);
    ASSERT_WOKEN_AND_READY(barrier_wait, &waits[0], &puppets[0]);
}

static void misuse_panics(void **state)
{
    (void)state;
    EXPECT_PANIC("for nobody", { barrier_init(&barrier, 0); });
    barrier_init(&barrier, 1);
    assert_int_equal(come(0), POLL_READY);
    barrier_wait_drop(&waits[0]);
    EXPECT_PANIC("polled after completion", { (void)POLL(barrier_wait, &waits[0], &puppets[0]); });
}

static void the_last_opens_the_barrier_though_it_has_no_budget(void **state)
{
    (void)state;
    barrier_init(&barrier, 2);
    assert_int_equal(come(0), POLL_PENDING);
    barrier_wait_init(&waits[1], &barrier);
    assert_int_equal(POLL_WITHOUT_BUDGET(barrier_wait, &waits[1], &puppets[1]), POLL_PENDING);
    ASSERT_WOKEN_AND_READY(barrier_wait, &waits[0], &puppets[0]);
    assert_int_equal(waits[0].result, BARRIER_FOLLOWER);
    assert_int_equal(come(2), POLL_PENDING);
    ASSERT_WOKEN_AND_READY(barrier_wait, &waits[1], &puppets[1]);
    assert_int_equal(waits[1].result, BARRIER_LEADER);
    ASSERT_STILL_WAITING(barrier_wait, &waits[2], &puppets[2]);
}

static void a_round_takes_a_unit_of_the_budget(void **state)
{
    (void)state;
    barrier_init(&barrier, 1);
    budget_set(&puppets[0].context, 1);
    barrier_wait_init(&waits[0], &barrier);
    assert_int_equal(barrier_wait_poll(&waits[0], &puppets[0].context), POLL_READY);
    barrier_wait_init(&waits[0], &barrier);
    assert_int_equal(barrier_wait_poll(&waits[0], &puppets[0].context), POLL_PENDING);
    ASSERT_WOKEN_AND_READY(barrier_wait, &waits[0], &puppets[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BARRIER_TEST(the_last_is_the_one_leader_of_each_round),
        BARRIER_TEST(a_barrier_for_one_lets_everybody_lead),
        BARRIER_TEST(who_is_dropped_has_not_come),
        BARRIER_TEST(who_was_let_pass_counts_even_if_it_is_dropped_then),
        BARRIER_TEST(a_drop_while_the_round_is_let_pass_does_not_count_in_the_next),
        BARRIER_TEST(misuse_panics),
        BARRIER_TEST(the_last_opens_the_barrier_though_it_has_no_budget),
        BARRIER_TEST(a_round_takes_a_unit_of_the_budget),
    };

    return cmocka_run_group_tests_name("barrier", tests, NULL, NULL);
}
