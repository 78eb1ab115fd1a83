/* SPDX-License-Identifier: MIT */
/* Linked with --wrap=wait_queue_wait: where a waiter registers, a handler tries to come in between. */
#include "sync_test.h"

#include <tenorite/task/coroutine.h>
#include <tenorite/task/semaphore.h>

enum { MANY = 8 };

static struct semaphore semaphore;
static struct semaphore_acquire acquires[MANY];
static struct puppet puppets[MANY];

static bool interrupts_at_registration;

void __real_wait_queue_wait(struct wait_queue *queue, struct waiter *waiter, struct waker waker);
void __wrap_wait_queue_wait(struct wait_queue *queue, struct waiter *waiter, struct waker waker);

static void release_from_handler(uint32_t count)
{
    IN_HANDLER
    {
        semaphore_release(&semaphore, count);
    }
}

/* A real handler waits until interrupts are on. */
void __wrap_wait_queue_wait(struct wait_queue *queue, struct waiter *waiter, struct waker waker)
{
    if (interrupts_at_registration && interrupts_are_enabled())
        release_from_handler(1);
    __real_wait_queue_wait(queue, waiter, waker);
}

static int semaphore_setup(void **state)
{
    int result = task_test_setup(state);

    semaphore_init(&semaphore, 0, UINT32_MAX);
    interrupts_at_registration = false;
    for (unsigned i = 0; i < MANY; i++)
        puppet_start(&puppets[i]);
    return result;
}

#define SEMAPHORE_TEST(function) cmocka_unit_test_setup_teardown(function, semaphore_setup, task_test_teardown)

static enum poll ask(unsigned i, uint32_t count)
{
    semaphore_acquire_init(&acquires[i], &semaphore, count);
    return POLL(semaphore_acquire, &acquires[i], &puppets[i]);
}

#define ASSERT_GIVEN(i)                                                                                              \
    do {                                                                                                             \
        ASSERT_WOKEN_AND_READY(semaphore_acquire, &acquires[i], &puppets[i]);                                        \
        assert_int_equal(acquires[i].error, SEMAPHORE_OK);                                                           \
    } while (0)
#define ASSERT_WAITING(i) ASSERT_STILL_WAITING(semaphore_acquire, &acquires[i], &puppets[i])

static void permits_are_taken_and_given_back(void **state)
{
    (void)state;
    semaphore_release(&semaphore, 3);
    assert_int_equal(ask(0, 2), POLL_READY);
    assert_int_equal(acquires[0].error, SEMAPHORE_OK);
    assert_int_equal(semaphore_try_acquire(&semaphore, 2), SEMAPHORE_NOT_ENOUGH);
    assert_int_equal(semaphore_try_acquire(&semaphore, 1), SEMAPHORE_OK);
    assert_int_equal(ask(1, 1), POLL_PENDING);
    release_from_handler(1);
    ASSERT_GIVEN(1);
    assert_int_equal(semaphore.permits, 0);
}

static void waiters_are_served_in_order(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(ask(i, 1), POLL_PENDING);
    for (unsigned i = 0; i < 4; i++) {
        semaphore_release(&semaphore, 1);
        for (unsigned later = i + 1; later < 4; later++)
            ASSERT_WAITING(later);
        ASSERT_GIVEN(i);
    }
}

static void one_release_serves_as_many_as_it_can(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(ask(i, i + 1), POLL_PENDING);
    release_from_handler(7);
    ASSERT_GIVEN(0);
    ASSERT_GIVEN(1);
    ASSERT_GIVEN(2);
    ASSERT_WAITING(3);
    assert_int_equal(semaphore.permits, 1);
}

static void a_big_request_at_the_head_holds_up_small_ones(void **state)
{
    (void)state;
    semaphore_release(&semaphore, 2);
    assert_int_equal(ask(0, 3), POLL_PENDING);
    assert_int_equal(ask(1, 1), POLL_PENDING);
    assert_int_equal(semaphore_try_acquire(&semaphore, 1), SEMAPHORE_NOT_ENOUGH);
    semaphore_release(&semaphore, 1);
    ASSERT_GIVEN(0);
    ASSERT_WAITING(1);
    semaphore_release(&semaphore, 1);
    ASSERT_GIVEN(1);
}

static void a_big_request_that_is_dropped_lets_small_ones_pass(void **state)
{
    (void)state;
    semaphore_release(&semaphore, 2);
    assert_int_equal(ask(0, 3), POLL_PENDING);
    assert_int_equal(ask(1, 1), POLL_PENDING);
    assert_int_equal(ask(2, 1), POLL_PENDING);
    assert_int_equal(ask(3, 1), POLL_PENDING);
    semaphore_acquire_drop(&acquires[0]);
    ASSERT_GIVEN(1);
    ASSERT_GIVEN(2);
    ASSERT_WAITING(3);
}

static void a_chosen_waiter_that_is_dropped_passes_its_permits_on(void **state)
{
    (void)state;
    assert_int_equal(ask(0, 2), POLL_PENDING);
    assert_int_equal(ask(1, 1), POLL_PENDING);
    assert_int_equal(ask(2, 1), POLL_PENDING);
    release_from_handler(2);
    semaphore_acquire_drop(&acquires[0]);
    ASSERT_GIVEN(1);
    ASSERT_GIVEN(2);
    assert_int_equal(semaphore.permits, 0);
}

static void the_last_chosen_waiter_that_is_dropped_gives_its_permits_back(void **state)
{
    (void)state;
    assert_int_equal(ask(0, 2), POLL_PENDING);
    semaphore_release(&semaphore, 2);
    assert_int_equal(semaphore.permits, 0);
    semaphore_acquire_drop(&acquires[0]);
    assert_int_equal(semaphore.permits, 2);
    semaphore_acquire_drop(&acquires[0]);
    assert_int_equal(semaphore.permits, 2);
}

/* What was released cannot be taken before the task it was given to has run. */
static void nobody_overtakes_a_chosen_waiter(void **state)
{
    (void)state;
    assert_int_equal(ask(0, 1), POLL_PENDING);
    semaphore_release(&semaphore, 1);
    assert_int_equal(semaphore_try_acquire(&semaphore, 1), SEMAPHORE_NOT_ENOUGH);
    assert_int_equal(ask(1, 1), POLL_PENDING);
    ASSERT_GIVEN(0);
    ASSERT_WAITING(1);
}

static void closing_wakes_all_with_the_error(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(ask(i, i + 1), POLL_PENDING);
    IN_HANDLER
    {
        semaphore_close(&semaphore);
    }
    for (unsigned i = 0; i < 4; i++) {
        ASSERT_WOKEN_AND_READY(semaphore_acquire, &acquires[i], &puppets[i]);
        assert_int_equal(acquires[i].error, SEMAPHORE_CLOSED);
    }
    assert_int_equal(semaphore.permits, 0);
}

static void a_closed_semaphore_gives_no_permits_but_takes_them_back(void **state)
{
    (void)state;
    semaphore_release(&semaphore, 1);
    semaphore_close(&semaphore);
    assert_int_equal(semaphore_try_acquire(&semaphore, 1), SEMAPHORE_CLOSED);
    assert_int_equal(ask(0, 1), POLL_READY);
    assert_int_equal(acquires[0].error, SEMAPHORE_CLOSED);
    semaphore_release(&semaphore, 2);
    assert_int_equal(semaphore.permits, 3);
    assert_false(semaphore_take_left(&semaphore, 4));
    assert_true(semaphore_take_left(&semaphore, 3));
    assert_int_equal(semaphore.permits, 0);
}

static void permits_given_before_the_close_stay_given(void **state)
{
    (void)state;
    assert_int_equal(ask(0, 1), POLL_PENDING);
    assert_int_equal(ask(1, 1), POLL_PENDING);
    semaphore_release(&semaphore, 1);
    semaphore_close(&semaphore);
    ASSERT_GIVEN(0);
    assert_int_equal(POLL(semaphore_acquire, &acquires[1], &puppets[1]), POLL_READY);
    assert_int_equal(acquires[1].error, SEMAPHORE_CLOSED);
}

static void a_waiter_that_was_told_of_the_close_gives_nothing_back(void **state)
{
    (void)state;
    assert_int_equal(ask(0, 3), POLL_PENDING);
    semaphore_close(&semaphore);
    semaphore_acquire_drop(&acquires[0]);
    assert_int_equal(semaphore.permits, 0);
}

static void only_an_open_semaphore_has_permits_to_acquire(void **state)
{
    (void)state;
    semaphore_release(&semaphore, 1);
    assert_false(semaphore_take_left(&semaphore, 1));
    assert_int_equal(semaphore.permits, 1);
}

static void a_release_between_look_and_registration_is_not_lost(void **state)
{
    (void)state;
    interrupts_at_registration = true;
    if (ask(0, 1) == POLL_PENDING) {
        release_from_handler(1);
        ASSERT_GIVEN(0);
    }
    assert_int_equal(semaphore.permits, 0);
}

static void release_one(void)
{
    semaphore_release(&semaphore, 1);
}

static void a_release_at_any_moment_of_a_poll_is_not_lost(void **state)
{
    unsigned nth = 1;

    (void)state;
    for (bool has_come = true; has_come; nth++) {
        semaphore_init(&semaphore, 0, UINT32_MAX);
        (void)puppet_was_woken(&puppets[0]);
        interrupt_before_section(nth, release_one);
        enum poll poll = ask(0, 1);
        has_come = interrupt_has_come();
        if (!has_come)
            release_from_handler(1);
        if (poll == POLL_PENDING)
            ASSERT_GIVEN(0);
        assert_int_equal(semaphore.permits, 0);
    }
    assert_true(nth > 2);
}

static void a_release_at_any_moment_of_a_drop_is_not_lost(void **state)
{
    unsigned nth = 1;

    (void)state;
    for (bool has_come = true; has_come; nth++) {
        semaphore_init(&semaphore, 0, UINT32_MAX);
        assert_int_equal(ask(0, 1), POLL_PENDING);
        assert_int_equal(ask(1, 1), POLL_PENDING);
        (void)puppet_was_woken(&puppets[1]);
        interrupt_before_section(nth, release_one);
        semaphore_acquire_drop(&acquires[0]);
        has_come = interrupt_has_come();
        if (!has_come)
            release_from_handler(1);
        ASSERT_GIVEN(1);
        assert_int_equal(semaphore.permits, 0);
    }
    assert_true(nth > 2);
}

static void a_release_within_a_release_serves_each_waiter_once(void **state)
{
    unsigned nth = 1;

    (void)state;
    for (bool has_come = true; has_come; nth++) {
        semaphore_init(&semaphore, 0, UINT32_MAX);
        for (unsigned i = 0; i < 3; i++)
            assert_int_equal(ask(i, 1), POLL_PENDING);
        interrupt_before_section(nth, release_one);
        semaphore_release(&semaphore, 2);
        has_come = interrupt_has_come();
        if (!has_come)
            release_one();
        for (unsigned i = 0; i < 3; i++)
            assert_int_equal(POLL(semaphore_acquire, &acquires[i], &puppets[i]), POLL_READY);
        assert_int_equal(semaphore.permits, 0);
        assert_null(wait_queue_first(&semaphore.waiters));
    }
    assert_true(nth > 3);
}

static void a_future_taken_over_by_another_task_wakes_that_one(void **state)
{
    (void)state;
    assert_int_equal(ask(0, 1), POLL_PENDING);
    assert_int_equal(POLL(semaphore_acquire, &acquires[0], &puppets[5]), POLL_PENDING);
    semaphore_release(&semaphore, 1);
    assert_false(puppet_was_woken(&puppets[0]));
    ASSERT_WOKEN_AND_READY(semaphore_acquire, &acquires[0], &puppets[5]);
}

static void misuse_panics(void **state)
{
    (void)state;
    semaphore_release(&semaphore, UINT32_MAX);
    EXPECT_PANIC("has 4294967295 of 4294967295 permits, 1 are released", { semaphore_release(&semaphore, 1); });
    interrupts_enable();
    assert_int_equal(ask(0, 1), POLL_READY);
    EXPECT_PANIC("polled after completion", { (void)POLL(semaphore_acquire, &acquires[0], &puppets[0]); });
}

static void a_limit_finds_what_is_released_twice_or_never_to_be_had(void **state)
{
    (void)state;
    semaphore_init(&semaphore, 1, 2);
    semaphore_release(&semaphore, 1);
    EXPECT_PANIC("2 of 2 permits, 1 are", { semaphore_release(&semaphore, 1); });
    interrupts_enable();
    EXPECT_PANIC("2 permits at most, 3 are wanted", { (void)semaphore_try_acquire(&semaphore, 3); });
    EXPECT_PANIC("2 permits at most, 3 are wanted", { semaphore_acquire_init(&acquires[0], &semaphore, 3); });
    EXPECT_PANIC("2 permits of at most 1", { semaphore_init(&semaphore, 2, 1); });
    EXPECT_PANIC("0 permits of at most 0", { semaphore_init(&semaphore, 0, 0); });
    memset(&semaphore, 0, sizeof(semaphore));
    EXPECT_PANIC("not initialised", { (void)ask(0, 1); });
}

static void a_guard_gives_back_what_it_holds_once(void **state)
{
    struct semaphore_guard guard, other;

    (void)state;
    semaphore_init(&semaphore, 5, 6);
    semaphore_guard_init(&guard);
    semaphore_guard_init(&other);
    semaphore_guard_release(&guard);
    assert_int_equal(semaphore_try_hold(&semaphore, 6, &guard), SEMAPHORE_NOT_ENOUGH);
    assert_int_equal(semaphore_try_hold(&semaphore, 3, &guard), SEMAPHORE_OK);
    assert_int_equal(semaphore_try_hold(&semaphore, 3, &other), SEMAPHORE_NOT_ENOUGH);
    assert_int_equal(semaphore.permits, 2);
    semaphore_guard_reduce(&guard, 1);
    assert_int_equal(semaphore.permits, 4);
    EXPECT_PANIC("holds 1 permits, 2 are to stay", { semaphore_guard_reduce(&guard, 2); });
    EXPECT_PANIC("holds 1 permits already", { (void)semaphore_try_hold(&semaphore, 1, &guard); });
    semaphore_release(&semaphore, 1);
    semaphore_guard_release(&guard);
    semaphore_guard_release(&guard);
    semaphore_guard_release(&other);
    assert_int_equal(semaphore.permits, 5);
    EXPECT_PANIC("are to stay", { semaphore_guard_reduce(&guard, 0); });
}

static void a_guard_is_filled_when_the_wait_is_over(void **state)
{
    struct semaphore_guard guard, other;
    struct semaphore_hold first, second;

    (void)state;
    semaphore_guard_init(&guard);
    semaphore_guard_init(&other);
    semaphore_hold_init(&first, &semaphore, 2, &guard);
    semaphore_hold_init(&second, &semaphore, 2, &other);
    assert_int_equal(POLL(semaphore_hold, &first, &puppets[0]), POLL_PENDING);
    assert_int_equal(POLL(semaphore_hold, &second, &puppets[1]), POLL_PENDING);
    assert_null(guard.semaphore);
    release_from_handler(2);
    ASSERT_WOKEN_AND_READY(semaphore_hold, &first, &puppets[0]);
    assert_int_equal(first.error, SEMAPHORE_OK);
    assert_int_equal(guard.count, 2);
    semaphore_guard_release(&guard);
    semaphore_hold_drop(&second);
    assert_int_equal(semaphore.permits, 2);
    semaphore_close(&semaphore);
    semaphore_hold_init(&second, &semaphore, 2, &other);
    assert_int_equal(POLL(semaphore_hold, &second, &puppets[1]), POLL_READY);
    assert_int_equal(second.error, SEMAPHORE_CLOSED);
    assert_null(other.semaphore);
}

/* AWAIT_TRY brings the error up. */
ASYNC_STATIC_FRAME(worker, enum semaphore_error error; struct semaphore_acquire acquire;);

static enum semaphore_error worker_error;
static unsigned workers_inside;

static void worker_init(struct worker *self)
{
    coroutine_init(&self->coroutine);
    self->error = SEMAPHORE_OK;
}

ASYNC(worker)
{
    ASYNC_BEGIN;
    AWAIT_TRY(semaphore_acquire, &self->acquire, &semaphore, 1);
    workers_inside++;
    ASYNC_CLEANUP;
    worker_error = self->error;
    ASYNC_END;
}

static void a_coroutine_gets_permits_or_the_error(void **state)
{
    (void)state;
    workers_inside = 0;
    for (unsigned i = 0; i < 2; i++)
        assert_int_equal(SPAWN(&executor, worker, NULL).error, SPAWN_OK);
    run();
    assert_int_equal(workers_inside, 0);
    release_from_handler(1);
    run();
    assert_int_equal(workers_inside, 1);
    assert_int_equal(worker_error, SEMAPHORE_OK);
    semaphore_close(&semaphore);
    run();
    assert_int_equal(workers_inside, 1);
    assert_int_equal(worker_error, SEMAPHORE_CLOSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SEMAPHORE_TEST(permits_are_taken_and_given_back),
        SEMAPHORE_TEST(waiters_are_served_in_order),
        SEMAPHORE_TEST(one_release_serves_as_many_as_it_can),
        SEMAPHORE_TEST(a_big_request_at_the_head_holds_up_small_ones),
        SEMAPHORE_TEST(a_big_request_that_is_dropped_lets_small_ones_pass),
        SEMAPHORE_TEST(a_chosen_waiter_that_is_dropped_passes_its_permits_on),
        SEMAPHORE_TEST(the_last_chosen_waiter_that_is_dropped_gives_its_permits_back),
        SEMAPHORE_TEST(nobody_overtakes_a_chosen_waiter),
        SEMAPHORE_TEST(closing_wakes_all_with_the_error),
        SEMAPHORE_TEST(a_closed_semaphore_gives_no_permits_but_takes_them_back),
        SEMAPHORE_TEST(permits_given_before_the_close_stay_given),
        SEMAPHORE_TEST(a_waiter_that_was_told_of_the_close_gives_nothing_back),
        SEMAPHORE_TEST(only_an_open_semaphore_has_permits_to_acquire),
        SEMAPHORE_TEST(a_release_between_look_and_registration_is_not_lost),
        SEMAPHORE_TEST(a_release_at_any_moment_of_a_poll_is_not_lost),
        SEMAPHORE_TEST(a_release_at_any_moment_of_a_drop_is_not_lost),
        SEMAPHORE_TEST(a_release_within_a_release_serves_each_waiter_once),
        SEMAPHORE_TEST(a_future_taken_over_by_another_task_wakes_that_one),
        SEMAPHORE_TEST(a_coroutine_gets_permits_or_the_error),
        SEMAPHORE_TEST(misuse_panics),
        SEMAPHORE_TEST(a_limit_finds_what_is_released_twice_or_never_to_be_had),
        SEMAPHORE_TEST(a_guard_gives_back_what_it_holds_once),
        SEMAPHORE_TEST(a_guard_is_filled_when_the_wait_is_over),
    };

    return cmocka_run_group_tests_name("semaphore", tests, NULL, NULL);
}
