/* SPDX-License-Identifier: MIT */
/* What waits shares the budget of its task's poll, and keeps its place when there is none left. */
#include "sync_test.h"

#include <tenorite/task/channel.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/doorbell.h>
#include <tenorite/task/generator.h>
#include <tenorite/task/join_all.h>
#include <tenorite/task/notify.h>
#include <tenorite/task/unconstrained.h>

enum { MESSAGES = 1000 };

DEFINE_CHANNEL(numbers, uint32_t, MESSAGES);

static struct numbers numbers;
static struct semaphore semaphore;
static struct puppet puppets[3];

static int budget_setup(void **state)
{
    int result = task_test_setup(state);

    numbers_init(&numbers, NULL);
    semaphore_init(&semaphore, 1, 1);
    for (unsigned i = 0; i < COUNT_OF(puppets); i++)
        puppet_start(&puppets[i]);
    return result;
}

#define BUDGET_TEST(function) cmocka_unit_test_setup_teardown(function, budget_setup, task_test_teardown)

static unsigned received;

ASYNC_STATIC_FRAME(reader, struct numbers_receive receive;);

static void reader_init(struct reader *self)
{
    coroutine_init(&self->coroutine);
    received = 0;
}

ASYNC(reader)
{
    ASYNC_BEGIN;
    while (received < MESSAGES) {
        AWAIT(numbers_receive, &self->receive, &numbers);
        assert_int_equal(self->receive.result, received);
        received++;
    }
    ASYNC_END;
}

/* What the reader had received when the bystander was polled. */
static unsigned seen_by_bystander;

static void look_at_the_reader(struct probe_record *record, struct context *context)
{
    (void)record, (void)context;
    seen_by_bystander = received;
}

/* Case 28. */
static void a_thousand_ready_messages_do_not_keep_the_others_waiting(void **state)
{
    uint64_t polls = executor.statistics.polls;

    (void)state;
    for (uint32_t number = 0; number < MESSAGES; number++)
        assert_int_equal(numbers_try_send(&numbers, number), CHANNEL_OK);
    assert_int_equal(SPAWN(&executor, reader, NULL).error, SPAWN_OK);
    puppets[0].record.in_poll = look_at_the_reader;
    waker_wake(puppets[0].context.waker);
    run();
    assert_int_equal(seen_by_bystander, POLL_BUDGET);
    assert_int_equal(received, MESSAGES);
    assert_int_equal(executor.statistics.polls - polls, 1 + (MESSAGES + POLL_BUDGET - 1) / POLL_BUDGET);
}

static unsigned greedy_rounds, modest_rounds;

ASYNC_STATIC_FRAME(greedy, unsigned i; struct semaphore_guard guard; struct semaphore_hold hold;);

static void greedy_init(struct greedy *self)
{
    coroutine_init(&self->coroutine);
    semaphore_guard_init(&self->guard);
}

ASYNC(greedy)
{
    ASYNC_BEGIN;
    for (greedy_rounds = 0; greedy_rounds < 5; greedy_rounds++) {
        for (self->i = 0; self->i < 1000; self->i++) {
            AWAIT(semaphore_hold, &self->hold, &semaphore, 1, &self->guard);
            semaphore_guard_release(&self->guard);
        }
    }
    ASYNC_END;
}

ASYNC_STATIC_FRAME(modest, struct semaphore_guard guard; struct semaphore_hold hold;);

static void modest_init(struct modest *self)
{
    coroutine_init(&self->coroutine);
    semaphore_guard_init(&self->guard);
}

ASYNC(modest)
{
    ASYNC_BEGIN;
    for (modest_rounds = 0; modest_rounds < 5; modest_rounds++) {
        AWAIT(semaphore_hold, &self->hold, &semaphore, 1, &self->guard);
        semaphore_guard_release(&self->guard);
    }
    ASYNC_END;
}

ASYNC_STATIC_FRAME(both, struct greedy greedy; struct modest modest; struct dyn_future children[2];
                   struct join_all join;);

static void both_init(struct both *self)
{
    coroutine_init(&self->coroutine);
}

ASYNC(both)
{
    ASYNC_BEGIN;
    AWAIT(join_all, &self->join, FUTURES(self->children, START(greedy, &self->greedy), START(modest, &self->modest)));
    ASYNC_END;
}

/* Case 37: tokio's join_does_not_allow_tasks_to_starve. */
static void of_two_children_that_share_a_permit_the_greedy_one_starves_none(void **state)
{
    (void)state;
    assert_int_equal(SPAWN(&executor, both, NULL).error, SPAWN_OK);
    run();
    assert_int_equal(greedy_rounds, 5);
    assert_int_equal(modest_rounds, 5);
    assert_int_equal(count_tasks(), COUNT_OF(puppets));
}

/* tokio#8365: the budget is looked at after queueing. */
static void without_budget_a_waiter_still_takes_its_place_in_the_queue(void **state)
{
    struct semaphore_acquire first, second;

    (void)state;
    assert_int_equal(semaphore_try_acquire(&semaphore, 1), SEMAPHORE_OK);
    semaphore_acquire_init(&first, &semaphore, 1);
    semaphore_acquire_init(&second, &semaphore, 1);
    assert_int_equal(POLL_WITHOUT_BUDGET(semaphore_acquire, &first, &puppets[0]), POLL_PENDING);
    assert_false(puppet_was_woken(&puppets[0]));
    assert_int_equal(POLL(semaphore_acquire, &second, &puppets[1]), POLL_PENDING);
    semaphore_release(&semaphore, 1);
    ASSERT_STILL_WAITING(semaphore_acquire, &second, &puppets[1]);
    ASSERT_WOKEN_AND_READY(semaphore_acquire, &first, &puppets[0]);
}

static void without_budget_what_was_free_is_kept_for_the_next_poll(void **state)
{
    struct semaphore_acquire first, second;

    (void)state;
    semaphore_acquire_init(&first, &semaphore, 1);
    semaphore_acquire_init(&second, &semaphore, 1);
    assert_int_equal(POLL_WITHOUT_BUDGET(semaphore_acquire, &first, &puppets[0]), POLL_PENDING);
    assert_int_equal(semaphore_try_acquire(&semaphore, 1), SEMAPHORE_NOT_ENOUGH);
    assert_int_equal(POLL(semaphore_acquire, &second, &puppets[1]), POLL_PENDING);
    ASSERT_WOKEN_AND_READY(semaphore_acquire, &first, &puppets[0]);
    semaphore_release(&semaphore, 1);
    ASSERT_WOKEN_AND_READY(semaphore_acquire, &second, &puppets[1]);
}

static void without_budget_what_was_handed_over_is_kept_and_can_be_dropped(void **state)
{
    struct semaphore_acquire first, second;

    (void)state;
    assert_int_equal(semaphore_try_acquire(&semaphore, 1), SEMAPHORE_OK);
    semaphore_acquire_init(&first, &semaphore, 1);
    semaphore_acquire_init(&second, &semaphore, 1);
    assert_int_equal(POLL(semaphore_acquire, &first, &puppets[0]), POLL_PENDING);
    assert_int_equal(POLL(semaphore_acquire, &second, &puppets[1]), POLL_PENDING);
    semaphore_release(&semaphore, 1);
    assert_true(puppet_was_woken(&puppets[0]));
    assert_int_equal(POLL_WITHOUT_BUDGET(semaphore_acquire, &first, &puppets[0]), POLL_PENDING);
    assert_true(puppet_was_woken(&puppets[0]));
    semaphore_acquire_drop(&first);
    ASSERT_WOKEN_AND_READY(semaphore_acquire, &second, &puppets[1]);
}

GENERATOR_STATIC_FRAME(unsigned, guarded, struct notify_wait wait;);

static struct notify gate;

static void guarded_init(struct guarded *self)
{
    coroutine_init(&self->coroutine);
}

GENERATOR(guarded)
{
    ASYNC_BEGIN;
    AWAIT(notify_wait, &self->wait, &gate);
    YIELD(1);
    ASYNC_END;
}

static void without_an_executor_what_is_ready_is_gone_through(void **state)
{
    struct guarded guarded;

    (void)state;
    notify_one(&gate);
    guarded_init(&guarded);
    assert_int_equal(guarded_resume(&guarded), NEXT_ITEM);
    assert_int_equal(guarded_resume(&guarded), NEXT_END);
}

/* As a generator that is resumed by hand polls it. */
static void unconstrained_without_an_executor_lifts_nothing(void **state)
{
    struct context context = {};
    struct unconstrained unconstrained;
    struct doorbell_wait wait;
    struct doorbell doorbell = {};

    (void)state;
    doorbell_ring(&doorbell);
    unconstrained_init(&unconstrained, START(doorbell_wait, &wait, &doorbell));
    assert_int_equal(unconstrained_poll(&unconstrained, &context), POLL_READY);
    assert_int_equal(budget_left(&context), UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BUDGET_TEST(a_thousand_ready_messages_do_not_keep_the_others_waiting),
        BUDGET_TEST(of_two_children_that_share_a_permit_the_greedy_one_starves_none),
        BUDGET_TEST(without_budget_a_waiter_still_takes_its_place_in_the_queue),
        BUDGET_TEST(without_budget_what_was_free_is_kept_for_the_next_poll),
        BUDGET_TEST(without_budget_what_was_handed_over_is_kept_and_can_be_dropped),
        BUDGET_TEST(without_an_executor_what_is_ready_is_gone_through),
        BUDGET_TEST(unconstrained_without_an_executor_lifts_nothing),
    };

    return cmocka_run_group_tests_name("budget_of_waits", tests, NULL, NULL);
}
