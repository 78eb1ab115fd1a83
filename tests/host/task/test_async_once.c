/* SPDX-License-Identifier: MIT */
#include "sync_test.h"

#include <tenorite/task/async_once.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/notify.h>

typedef ASYNC_ONCE(unsigned) number_once;

static number_once number;
static struct notify go_on;
static unsigned initialised, read_sum;

static int once_setup(void **state)
{
    static const number_once fresh = ASYNC_ONCE_INIT;

    memcpy(&number, &fresh, sizeof(number));
    go_on = (struct notify){};
    initialised = read_sum = 0;
    return task_test_setup(state);
}

#define ONCE_TEST(function) cmocka_unit_test_setup_teardown(function, once_setup, task_test_teardown)

/* Initialises with an await in between if it is its turn, fails if it is told so; then reads. */
ASYNC_STATIC_FRAME(user, bool fails; struct semaphore_guard guard; struct async_once_enter enter;
                   struct notify_wait wait;);

static void user_init(struct user *self, bool fails)
{
    coroutine_init(&self->coroutine);
    semaphore_guard_init(&self->guard);
    self->fails = fails;
}

ASYNC(user)
{
    ASYNC_BEGIN;
    AWAIT(async_once_enter, &self->enter, &number.once, &self->guard);
    if (self->enter.result == ASYNC_ONCE_YOURS) {
        trace[strlen(trace)] = '(';
        AWAIT(notify_wait, &self->wait, &go_on);
        if (self->fails)
            ASYNC_RETURN;
        initialised++;
        *ASYNC_ONCE_TO_SET(&number, &self->guard) = 5;
        async_once_finish(&number.once, &self->guard);
        assert_null(self->guard.semaphore);
        trace[strlen(trace)] = ')';
    }
    read_sum += *ASYNC_ONCE_VALUE(&number);
    ASYNC_CLEANUP;
    semaphore_guard_release(&self->guard);
    ASYNC_END;
}

static struct task_handle spawn_user(bool fails)
{
    struct spawn_result result = SPAWN(&executor, user, NULL, fails);

    assert_int_equal(result.error, SPAWN_OK);
    return result.task;
}

static void one_initialises_and_the_others_wait(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 5; i++)
        spawn_user(false);
    run();
    assert_string_equal(trace, "(");
    assert_false(async_once_is_done(&number.once));
    notify_one(&go_on);
    run();
    assert_string_equal(trace, "()");
    assert_true(async_once_is_done(&number.once));
    spawn_user(false);
    run();
    assert_int_equal(initialised, 1);
    assert_int_equal(read_sum, 6 * 5);
    assert_int_equal(count_tasks(), 0);
}

static void a_cancelled_initialiser_hands_over(void **state)
{
    struct task_handle first = spawn_user(false);

    (void)state;
    spawn_user(false);
    spawn_user(false);
    run();
    assert_int_equal(executor_cancel(first), CANCEL_REQUESTED);
    run();
    assert_string_equal(trace, "((");
    notify_one(&go_on);
    run();
    assert_string_equal(trace, "(()");
    assert_int_equal(initialised, 1);
    assert_int_equal(read_sum, 2 * 5);
}

static void an_initialiser_that_fails_hands_over(void **state)
{
    (void)state;
    spawn_user(true);
    spawn_user(true);
    run();
    notify_one(&go_on);
    run();
    notify_one(&go_on);
    run();
    assert_int_equal(count_tasks(), 0);
    assert_false(async_once_is_done(&number.once));
    spawn_user(false);
    notify_one(&go_on);
    run();
    assert_int_equal(read_sum, 5);
}

static void a_chosen_heir_that_is_dropped_passes_the_turn_on(void **state)
{
    struct semaphore_guard guards[3];
    struct async_once_enter enters[3];
    struct puppet puppets[3];

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        puppet_start(&puppets[i]);
        semaphore_guard_init(&guards[i]);
        async_once_enter_init(&enters[i], &number.once, &guards[i]);
        assert_int_equal(POLL(async_once_enter, &enters[i], &puppets[i]), i ? POLL_PENDING : POLL_READY);
    }
    assert_int_equal(enters[0].result, ASYNC_ONCE_YOURS);
    semaphore_guard_release(&guards[0]);
    async_once_enter_drop(&enters[1]);
    ASSERT_WOKEN_AND_READY(async_once_enter, &enters[2], &puppets[2]);
    assert_int_equal(enters[2].result, ASYNC_ONCE_YOURS);
}

static void the_value_is_out_of_reach_before(void **state)
{
    struct semaphore_guard guard;

    (void)state;
    semaphore_guard_init(&guard);
    EXPECT_PANIC("not initialised", { (void)ASYNC_ONCE_VALUE(&number); });
    EXPECT_PANIC("holds 0 permits", { (void)ASYNC_ONCE_TO_SET(&number, &guard); });
    EXPECT_PANIC("holds 0 permits", { async_once_finish(&number.once, &guard); });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ONCE_TEST(one_initialises_and_the_others_wait),  ONCE_TEST(a_cancelled_initialiser_hands_over),
        ONCE_TEST(an_initialiser_that_fails_hands_over), ONCE_TEST(a_chosen_heir_that_is_dropped_passes_the_turn_on),
        ONCE_TEST(the_value_is_out_of_reach_before),
    };

    return cmocka_run_group_tests_name("async_once", tests, NULL, NULL);
}
