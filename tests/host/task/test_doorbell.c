/* SPDX-License-Identifier: MIT */
/* Linked with --wrap=waker_slot_register: a ring can come just before the waiter registers. */
#include "task_test.h"

#include <tenorite/task/budget.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/doorbell.h>

static struct doorbell doorbell;
static bool rings_before_registering;
static unsigned answered;

void __real_waker_slot_register(struct waker_slot *slot, struct waker waker);
void __wrap_waker_slot_register(struct waker_slot *slot, struct waker waker);

static void ring_from_handler(void)
{
    IN_HANDLER
    {
        doorbell_ring(&doorbell);
    }
}

void __wrap_waker_slot_register(struct waker_slot *slot, struct waker waker)
{
    if (rings_before_registering)
        ring_from_handler();
    rings_before_registering = false;
    __real_waker_slot_register(slot, waker);
}

static int doorbell_setup(void **state)
{
    doorbell = (struct doorbell){};
    rings_before_registering = false;
    answered = 0;
    return task_test_setup(state);
}

#define DOORBELL_TEST(function) cmocka_unit_test_setup_teardown(function, doorbell_setup, task_test_teardown)

ASYNC_STATIC_FRAME(waiter, struct doorbell_wait wait;);

static void waiter_init(struct waiter *self)
{
    coroutine_init(&self->coroutine);
}

ASYNC(waiter)
{
    ASYNC_BEGIN;
    for (;;) {
        AWAIT(doorbell_wait, &self->wait, &doorbell);
        answered++;
    }
    ASYNC_END;
}

static struct task_handle spawn_waiter(void)
{
    struct spawn_result result = SPAWN(&executor, waiter, "waiter");

    assert_int_equal(result.error, SPAWN_OK);
    return result.task;
}

static void a_ring_wakes_the_waiter(void **state)
{
    (void)state;
    spawn_waiter();
    run();
    assert_int_equal(answered, 0);
    ring_from_handler();
    run();
    assert_int_equal(answered, 1);
    doorbell_ring(&doorbell);
    run();
    assert_int_equal(answered, 2);
}

static void rings_before_the_wait_are_kept_as_one(void **state)
{
    (void)state;
    ring_from_handler();
    ring_from_handler();
    spawn_waiter();
    run();
    assert_int_equal(answered, 1);
}

static void rings_before_the_next_poll_are_one(void **state)
{
    (void)state;
    spawn_waiter();
    run();
    for (unsigned i = 0; i < 1000; i++)
        ring_from_handler();
    run();
    assert_int_equal(answered, 1);
    assert_int_equal(executor.statistics.polls, 2);
}

static void a_ring_between_the_look_and_the_registration_is_not_lost(void **state)
{
    (void)state;
    rings_before_registering = true;
    spawn_waiter();
    run();
    assert_int_equal(answered, 1);
}

static void a_cancelled_waiter_is_forgotten_and_the_ring_kept(void **state)
{
    struct task_handle task = spawn_waiter();

    (void)state;
    run();
    ring_from_handler();
    assert_int_equal(executor_cancel(task), CANCEL_REQUESTED);
    run();
    assert_int_equal(answered, 0);
    assert_int_equal(doorbell.waiter.bits, 0);
    spawn_waiter();
    run();
    assert_int_equal(answered, 1);
}

static void a_cancelled_waiter_is_woken_no_more(void **state)
{
    struct task_handle task = spawn_waiter();

    (void)state;
    run();
    assert_int_not_equal(doorbell.waiter.bits, 0);
    assert_int_equal(executor_cancel(task), CANCEL_REQUESTED);
    run();
    assert_int_equal(doorbell.waiter.bits, 0);
    assert_int_equal(count_tasks(), 0);
}

/* A context whose waker is a live task's. */
static struct context context_of(struct probe_record *record)
{
    spawn_probe(record);
    run();
    return (struct context){.executor = &executor, .waker = record->waker};
}

static void a_wait_that_is_ready_leaves_no_waker_behind(void **state)
{
    struct probe_record record = {};
    struct context context = context_of(&record);
    struct doorbell_wait wait;

    (void)state;
    doorbell_wait_init(&wait, &doorbell);
    rings_before_registering = true;
    assert_int_equal(doorbell_wait_poll(&wait, &context), POLL_READY);
    assert_int_equal(doorbell.waiter.bits, 0);
}

static void dropping_an_ended_wait_leaves_its_successor_registered(void **state)
{
    struct probe_record record = {};
    struct context context = context_of(&record);
    struct doorbell_wait first, second;

    (void)state;
    doorbell_wait_init(&first, &doorbell);
    assert_int_equal(doorbell_wait_poll(&first, &context), POLL_PENDING);
    doorbell_ring(&doorbell);
    assert_int_equal(doorbell_wait_poll(&first, &context), POLL_READY);
    doorbell_wait_init(&second, &doorbell);
    assert_int_equal(doorbell_wait_poll(&second, &context), POLL_PENDING);
    doorbell_wait_drop(&first);
    assert_int_equal(doorbell.waiter.bits, context.waker.bits);
    doorbell_wait_drop(&second);
    assert_int_equal(doorbell.waiter.bits, 0);
}

static void a_poll_after_completion_panics(void **state)
{
    struct probe_record record = {};
    struct context context = context_of(&record);
    struct doorbell_wait wait;

    (void)state;
    doorbell_wait_init(&wait, &doorbell);
    doorbell_ring(&doorbell);
    assert_int_equal(doorbell_wait_poll(&wait, &context), POLL_READY);
    EXPECT_PANIC("polled after completion", { (void)doorbell_wait_poll(&wait, &context); });
}

enum { ROUNDS = 1000 };

static unsigned rounds, rounds_when_another_ran;

ASYNC_STATIC_FRAME(ringer, struct doorbell_wait wait;);

static void ringer_init(struct ringer *self)
{
    coroutine_init(&self->coroutine);
}

ASYNC(ringer)
{
    ASYNC_BEGIN;
    for (rounds = 0; rounds < ROUNDS; rounds++) {
        doorbell_ring(&doorbell);
        AWAIT(doorbell_wait, &self->wait, &doorbell);
    }
    ASYNC_END;
}

static void look_at_the_ringer(struct probe_record *record, struct context *context)
{
    (void)record, (void)context;
    rounds_when_another_ran = rounds;
}

static void who_rings_for_itself_does_not_keep_the_others_waiting(void **state)
{
    struct probe_record other = {.in_poll = look_at_the_ringer};

    (void)state;
    assert_int_equal(SPAWN(&executor, ringer, NULL).error, SPAWN_OK);
    spawn_probe(&other);
    run();
    assert_int_equal(rounds_when_another_ran, POLL_BUDGET);
    assert_int_equal(rounds, ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DOORBELL_TEST(a_ring_wakes_the_waiter),
        DOORBELL_TEST(rings_before_the_wait_are_kept_as_one),
        DOORBELL_TEST(rings_before_the_next_poll_are_one),
        DOORBELL_TEST(a_ring_between_the_look_and_the_registration_is_not_lost),
        DOORBELL_TEST(a_cancelled_waiter_is_forgotten_and_the_ring_kept),
        DOORBELL_TEST(a_cancelled_waiter_is_woken_no_more),
        DOORBELL_TEST(a_wait_that_is_ready_leaves_no_waker_behind),
        DOORBELL_TEST(dropping_an_ended_wait_leaves_its_successor_registered),
        DOORBELL_TEST(a_poll_after_completion_panics),
        DOORBELL_TEST(who_rings_for_itself_does_not_keep_the_others_waiting),
    };

    return cmocka_run_group_tests_name("doorbell", tests, NULL, NULL);
}
