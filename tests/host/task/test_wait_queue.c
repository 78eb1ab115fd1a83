/* SPDX-License-Identifier: MIT */
#include "sync_test.h"

#include <tenorite/task/wait_queue.h>

enum { MANY = 100 };

static struct wait_queue queue;
static struct waiter waiters[MANY];
static struct puppet puppets[MANY];

static int queue_setup(void **state)
{
    int result = task_test_setup(state);

    queue = (struct wait_queue){};
    for (unsigned i = 0; i < MANY; i++) {
        waiter_init(&waiters[i]);
        puppet_start(&puppets[i]);
    }
    return result;
}

#define QUEUE_TEST(function) cmocka_unit_test_setup_teardown(function, queue_setup, task_test_teardown)

static void wait(unsigned i)
{
    WITH_WAITERS(&queue)
    {
        wait_queue_wait(&queue, &waiters[i], puppets[i].context.waker);
    }
}

static void wake_all(unsigned outcome)
{
    struct wait_queue leaving;

    WITH_WAITERS(&queue)
    {
        wait_queue_take_all(&queue, &leaving);
    }
    wait_queue_wake_all(&queue, &leaving, outcome);
}

static void waiters_are_first_come_first_served(void **state)
{
    (void)state;
    assert_null(wait_queue_first(&queue));
    for (unsigned i = 0; i < 5; i++)
        wait(i);
    for (unsigned i = 0; i < 5; i++) {
        assert_ptr_equal(wait_queue_first(&queue), &waiters[i]);
        waker_wake(waiter_choose(&waiters[i], i + 7));
        assert_int_equal(waiters[i].state, WAITER_CHOSEN);
        assert_int_equal(waiters[i].outcome, i + 7);
        assert_true(puppet_was_woken(&puppets[i]));
    }
    assert_null(wait_queue_first(&queue));
}

static void a_waiter_keeps_its_place_and_changes_its_task(void **state)
{
    struct waker waker;

    (void)state;
    wait(0);
    wait(1);
    wait_queue_wait(&queue, &waiters[0], puppets[9].context.waker);
    assert_ptr_equal(wait_queue_first(&queue), &waiters[0]);
    waker = waiter_choose(&waiters[0], 0);
    assert_int_equal(waker.bits, puppets[9].context.waker.bits);
    assert_ptr_equal(wait_queue_first(&queue), &waiters[1]);
}

/* The first, the middle, the last, and then all the rest. */
static void waiters_leave_from_any_place(void **state)
{
    static const unsigned leaving[] = {0, 2, 4, 3, 1};
    static const unsigned first_after[] = {1, 1, 1, 1, MANY};

    (void)state;
    for (unsigned i = 0; i < 5; i++)
        wait(i);
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(waiter_leave(&waiters[leaving[i]]), WAITER_QUEUED);
        assert_int_equal(waiter_leave(&waiters[leaving[i]]), WAITER_IDLE);
        assert_ptr_equal(wait_queue_first(&queue), first_after[i] == MANY ? NULL : &waiters[first_after[i]]);
    }
    wait(3);
    assert_ptr_equal(wait_queue_first(&queue), &waiters[3]);
}

static void a_chosen_waiter_that_leaves_says_so(void **state)
{
    (void)state;
    wait(0);
    (void)waiter_choose(&waiters[0], 3);
    assert_int_equal(waiter_leave(&waiters[0]), WAITER_CHOSEN);
    assert_int_equal(waiters[0].outcome, 3);
    assert_int_equal(waiter_leave(&waiters[0]), WAITER_IDLE);
}

static void waking_all_of_none_does_nothing(void **state)
{
    (void)state;
    wake_all(1);
    assert_null(wait_queue_first(&queue));
    wait(0);
    assert_ptr_equal(wait_queue_first(&queue), &waiters[0]);
}

static void all_are_woken_in_order_with_the_outcome(void **state)
{
    (void)state;
    for (unsigned i = 0; i < MANY; i++) {
        puppets[i].record.letter = (char)('a' + i % 26);
        wait(i);
    }
    wake_all(5);
    run();
    for (unsigned i = 0; i < MANY; i++) {
        assert_true(puppet_was_woken(&puppets[i]));
        assert_int_equal(waiters[i].state, WAITER_CHOSEN);
        assert_int_equal(waiters[i].outcome, 5);
        assert_int_equal(trace[i], 'a' + i % 26);
    }
}

/* Runs between two wakes of one wake_all. */
static void leave_and_come(void)
{
    assert_int_equal(waiter_leave(&waiters[40]), WAITER_QUEUED);
    assert_int_equal(waiter_leave(&waiters[MANY - 2]), WAITER_QUEUED);
    wait_queue_wait(&queue, &waiters[MANY - 1], puppets[MANY - 1].context.waker);
    assert_ptr_equal(wait_queue_first(&queue), &waiters[MANY - 1]);
}

static void while_all_are_woken_some_leave_and_late_comers_wait(void **state)
{
    (void)state;
    for (unsigned i = 0; i < MANY - 1; i++)
        wait(i);
    interrupt_before_section(10, leave_and_come);
    wake_all(5);
    assert_true(interrupt_has_come());
    for (unsigned i = 0; i < MANY; i++) {
        bool has_left = i == 40 || i == MANY - 2;
        bool is_late = i == MANY - 1;

        assert_int_equal(puppet_was_woken(&puppets[i]), !has_left && !is_late);
        assert_int_equal(waiters[i].state, has_left ? WAITER_IDLE : is_late ? WAITER_QUEUED : WAITER_CHOSEN);
    }
    assert_ptr_equal(wait_queue_first(&queue), &waiters[MANY - 1]);
}

void __real_waker_wake(struct waker waker);
void __wrap_waker_wake(struct waker waker);
static unsigned woken_with_interrupts_off;

void __wrap_waker_wake(struct waker waker)
{
    woken_with_interrupts_off += waker.bits && !interrupts_are_enabled();
    __real_waker_wake(waker);
}

static void nobody_is_woken_with_interrupts_off(void **state)
{
    (void)state;
    wait(0);
    woken_with_interrupts_off = 0;
    wake_all(0);
    assert_int_equal(woken_with_interrupts_off, 0);
    assert_true(interrupts_are_enabled());
    WITH_WAITERS(&queue)
    {
        assert_false(interrupts_are_enabled());
    }
    assert_true(interrupts_are_enabled());
}

static void a_waiter_that_moved_panics(void **state)
{
    (void)state;
    wait(0);
    wait(1);
    memcpy(&waiters[2], &waiters[0], sizeof(waiters[0]));
    EXPECT_PANIC("W1", { (void)waiter_leave(&waiters[2]); });
    (void)waiter_choose(&waiters[1], 0);
    EXPECT_PANIC("was chosen", { wait_queue_wait(&queue, &waiters[1], puppets[1].context.waker); });
}

static void a_queue_that_nobody_waits_in_any_more_may_move(void **state)
{
    static struct wait_queue moved;

    (void)state;
    wait(0);
    wait(1);
    (void)waiter_leave(&waiters[0]);
    (void)waiter_choose(&waiters[1], 0);
    moved = queue;
    memset(&queue, 0x5a, sizeof(queue));
    assert_null(wait_queue_first(&moved));
    WITH_WAITERS(&moved)
    {
        wait_queue_wait(&moved, &waiters[2], puppets[2].context.waker);
    }
    assert_ptr_equal(wait_queue_first(&moved), &waiters[2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(waiters_are_first_come_first_served),
        QUEUE_TEST(a_waiter_keeps_its_place_and_changes_its_task),
        QUEUE_TEST(waiters_leave_from_any_place),
        QUEUE_TEST(a_chosen_waiter_that_leaves_says_so),
        QUEUE_TEST(waking_all_of_none_does_nothing),
        QUEUE_TEST(all_are_woken_in_order_with_the_outcome),
        QUEUE_TEST(while_all_are_woken_some_leave_and_late_comers_wait),
        QUEUE_TEST(nobody_is_woken_with_interrupts_off),
        QUEUE_TEST(a_waiter_that_moved_panics),
        QUEUE_TEST(a_queue_that_nobody_waits_in_any_more_may_move),
    };

    return cmocka_run_group_tests_name("wait_queue", tests, NULL, NULL);
}
