/* SPDX-License-Identifier: MIT */
#include "sync_test.h"

#include <tenorite/lib/console.h>
#include <tenorite/lib/printk.h>
#include <tenorite/task/async_mutex.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/yield.h>

enum { MANY = 6 };

typedef ASYNC_MUTEX(unsigned) counter_mutex;

static counter_mutex counter;
static struct semaphore_guard guards[MANY];
static struct async_mutex_lock locks[MANY];
static struct puppet puppets[MANY];

static int mutex_setup(void **state)
{
    static const counter_mutex fresh = ASYNC_MUTEX_INIT(7);
    int result = task_test_setup(state);

    memcpy(&counter, &fresh, sizeof(counter));
    for (unsigned i = 0; i < MANY; i++) {
        puppet_start(&puppets[i]);
        semaphore_guard_init(&guards[i]);
    }
    return result;
}

#define MUTEX_TEST(function) cmocka_unit_test_setup_teardown(function, mutex_setup, task_test_teardown)

static enum poll lock(unsigned i)
{
    async_mutex_lock_init(&locks[i], &counter.lock, &guards[i]);
    return POLL(async_mutex_lock, &locks[i], &puppets[i]);
}

#define ASSERT_LOCKED_BY(i) ASSERT_WOKEN_AND_READY(async_mutex_lock, &locks[i], &puppets[i])
#define ASSERT_WAITING(i) ASSERT_STILL_WAITING(async_mutex_lock, &locks[i], &puppets[i])

static void the_value_is_reached_with_the_lock(void **state)
{
    (void)state;
    assert_int_equal(lock(0), POLL_READY);
    assert_int_equal((*ASYNC_MUTEX_VALUE(&counter, &guards[0]))++, 7);
    assert_int_equal(*ASYNC_MUTEX_VALUE(&counter, &guards[0]), 8);
    EXPECT_PANIC("holds 0 permits", { (void)ASYNC_MUTEX_VALUE(&counter, &guards[1]); });
    semaphore_guard_release(&guards[0]);
    EXPECT_PANIC("of (nil), not 1", { (void)ASYNC_MUTEX_VALUE(&counter, &guards[0]); });
}

static void the_guard_of_another_mutex_does_not_do(void **state)
{
    static ASYNC_MUTEX(unsigned) other = ASYNC_MUTEX_INIT(1);

    (void)state;
    assert_true(async_mutex_try_lock(&other.lock, &guards[0]));
    EXPECT_PANIC("not 1 of", { (void)ASYNC_MUTEX_VALUE(&counter, &guards[0]); });
    assert_int_equal(*ASYNC_MUTEX_VALUE(&other, &guards[0]), 1);
    semaphore_guard_release(&guards[0]);
}

static void the_lock_goes_to_who_has_waited_longest(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(lock(i), i ? POLL_PENDING : POLL_READY);
    for (unsigned i = 1; i < 4; i++) {
        ASSERT_WAITING(i);
        semaphore_guard_release(&guards[i - 1]);
        assert_false(async_mutex_try_lock(&counter.lock, &guards[5]));
        ASSERT_LOCKED_BY(i);
    }
    semaphore_guard_release(&guards[3]);
    assert_true(async_mutex_try_lock(&counter.lock, &guards[5]));
}

static void a_lock_dropped_in_the_queue_is_passed_over(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(lock(i), i ? POLL_PENDING : POLL_READY);
    async_mutex_lock_drop(&locks[1]);
    semaphore_guard_release(&guards[0]);
    ASSERT_LOCKED_BY(2);
    assert_null(guards[1].semaphore);
}

static void a_lock_dropped_at_the_head_after_it_was_chosen_is_passed_on(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(lock(i), i ? POLL_PENDING : POLL_READY);
    semaphore_guard_release(&guards[0]);
    async_mutex_lock_drop(&locks[1]);
    ASSERT_LOCKED_BY(2);
    semaphore_guard_release(&guards[2]);
    assert_int_equal(lock(3), POLL_READY);
}

/* Trap 20, and case 65 with tasks: each holds the lock over an await. */
ASYNC_STATIC_FRAME(worker, char letter; unsigned rounds; struct semaphore_guard guard; struct async_mutex_lock lock;
                   struct yield yield;);

static unsigned inside;

static void worker_init(struct worker *self, char letter, unsigned rounds)
{
    coroutine_init(&self->coroutine);
    semaphore_guard_init(&self->guard);
    self->letter = letter;
    self->rounds = rounds;
}

ASYNC(worker)
{
    ASYNC_BEGIN;
    for (; self->rounds; self->rounds--) {
        AWAIT(async_mutex_lock, &self->lock, &counter.lock, &self->guard);
        assert_int_equal(inside++, 0);
        trace[strlen(trace)] = self->letter;
        AWAIT(yield, &self->yield);
        inside--;
        ++*ASYNC_MUTEX_VALUE(&counter, &self->guard);
        semaphore_guard_release(&self->guard);
    }
    ASYNC_CLEANUP;
    if (self->guard.semaphore)
        inside--;
    semaphore_guard_release(&self->guard);
    ASYNC_END;
}

static struct task_handle spawn_worker(char letter, unsigned rounds)
{
    struct spawn_result result = SPAWN(&executor, worker, NULL, letter, rounds);

    assert_int_equal(result.error, SPAWN_OK);
    return result.task;
}

static void unlocking_and_locking_again_does_not_beat_a_queued_task(void **state)
{
    (void)state;
    inside = 0;
    spawn_worker('a', 4);
    spawn_worker('b', 4);
    spawn_worker('c', 4);
    run();
    assert_string_equal(trace, "abcabcabcabc");
    assert_int_equal(*ASYNC_MUTEX_VALUE(&counter, ({
        assert_int_equal(lock(0), POLL_READY);
        &guards[0];
    })),
                     7 + 12);
}

static struct task_handle victim;

/* While it holds the lock. */
static void cancel_victim(struct probe_record *record, struct context *context)
{
    (void)record, (void)context;
    assert_int_equal(inside, 1);
    assert_int_equal(executor_cancel(victim), CANCEL_REQUESTED);
}

static void a_cancelled_holder_and_a_cancelled_waiter_leave_the_lock_to_others(void **state)
{
    struct task_handle tasks[4];

    (void)state;
    inside = 0;
    for (unsigned i = 0; i < 4; i++)
        tasks[i] = spawn_worker((char)('a' + i), 1);
    assert_int_equal(executor_cancel(tasks[2]), CANCEL_REQUESTED);
    run();
    assert_string_equal(trace, "abd");
    assert_int_equal(count_tasks(), MANY);
    memset(trace, 0, sizeof(trace));
    victim = spawn_worker('e', 1000);
    spawn_worker('f', 1);
    puppets[0].record.in_poll = cancel_victim;
    waker_wake(puppets[0].context.waker);
    run();
    assert_string_equal(trace, "ef");
    assert_int_equal(lock(0), POLL_READY);
}

/* While `h` holds the lock. */
static void spawn_urgent_workers(struct probe_record *record, struct context *context)
{
    (void)context;
    assert_int_equal(inside, 1);
    executor_set_priority(spawn_worker('a', 2), 0);
    executor_set_priority(spawn_worker('b', 2), 0);
    record->in_poll = NULL;
}

/* Trap 20: two urgent tasks that want the lock do not keep its unimportant holder from the CPU. */
static void an_unimportant_holder_finishes_while_urgent_tasks_wait(void **state)
{
    (void)state;
    inside = 0;
    executor_set_priority(spawn_worker('h', 2), TENORITE_TASK_PRIORITIES - 1);
    puppets[0].record.in_poll = spawn_urgent_workers;
    executor_set_priority(((struct task_handle){puppets[0].context.waker.bits}), TENORITE_TASK_PRIORITIES - 1);
    waker_wake(puppets[0].context.waker);
    run();
    assert_string_equal(trace, "habhab");
}

/* Trap 14: the task has a future that was given the lock and does not poll it. */
static void a_lock_given_to_a_future_nobody_polls_stays_given_until_that_is_dropped(void **state)
{
    (void)state;
    assert_int_equal(lock(0), POLL_READY);
    assert_int_equal(lock(1), POLL_PENDING);
    semaphore_guard_release(&guards[0]);
    assert_int_equal(lock(2), POLL_PENDING);
    assert_int_equal(locks[1].hold.acquire.waiter.state, WAITER_CHOSEN);
    ASSERT_WAITING(2);
    async_mutex_lock_drop(&locks[1]);
    ASSERT_LOCKED_BY(2);
}

static char log_text[1024];

static void keep(struct console *self, const char *bytes, size_t length)
{
    size_t used = strlen(log_text);

    (void)self;
    assert_true(used + length < sizeof(log_text));
    memcpy(log_text + used, bytes, length);
}

static struct console console = {.name = "keeping", .write = keep};

static bool futurelock_is_reported(void)
{
    bool is_reported = strstr(log_text, "futurelock") != NULL;

    memset(log_text, 0, sizeof(log_text));
    return is_reported;
}

static enum poll lock_by_first_task(unsigned i)
{
    async_mutex_lock_init(&locks[i], &counter.lock, &guards[i]);
    return POLL(async_mutex_lock, &locks[i], &puppets[0]);
}

static void a_futurelock_is_reported_once_when_it_is_certain(void **state)
{
    (void)state;
    assert_int_equal(lock(5), POLL_READY);
    assert_int_equal(lock_by_first_task(0), POLL_PENDING);
    assert_int_equal(lock_by_first_task(1), POLL_PENDING);
    semaphore_guard_release(&guards[5]);
    assert_true(puppet_was_woken(&puppets[0]));
    assert_int_equal(POLL(async_mutex_lock, &locks[1], &puppets[0]), POLL_PENDING);
    assert_false(futurelock_is_reported());
    assert_int_equal(puppet_was_woken(&puppets[0]), TENORITE_DEBUG);
    assert_int_equal(POLL(async_mutex_lock, &locks[1], &puppets[0]), POLL_PENDING);
    assert_int_equal(futurelock_is_reported(), TENORITE_DEBUG);
    ASSERT_STILL_WAITING(async_mutex_lock, &locks[1], &puppets[0]);
    assert_false(futurelock_is_reported());
}

/* As a join polls them, in an order that changes. */
static void children_of_one_task_that_share_a_lock_are_no_futurelock(void **state)
{
    (void)state;
    assert_int_equal(lock(5), POLL_READY);
    assert_int_equal(lock_by_first_task(0), POLL_PENDING);
    assert_int_equal(lock_by_first_task(1), POLL_PENDING);
    semaphore_guard_release(&guards[5]);
    assert_int_equal(POLL(async_mutex_lock, &locks[1], &puppets[0]), POLL_PENDING);
    assert_int_equal(POLL(async_mutex_lock, &locks[0], &puppets[0]), POLL_READY);
    assert_true(puppet_was_woken(&puppets[0]));
    assert_int_equal(POLL(async_mutex_lock, &locks[1], &puppets[0]), POLL_PENDING);
    assert_int_equal(POLL(async_mutex_lock, &locks[1], &puppets[0]), POLL_PENDING);
    assert_false(futurelock_is_reported());
    semaphore_guard_release(&guards[0]);
    ASSERT_WOKEN_AND_READY(async_mutex_lock, &locks[1], &puppets[0]);
}

static void futures_of_different_tasks_are_no_futurelock(void **state)
{
    (void)state;
    assert_int_equal(lock(0), POLL_READY);
    assert_int_equal(lock(1), POLL_PENDING);
    assert_int_equal(lock(2), POLL_PENDING);
    semaphore_guard_release(&guards[0]);
    for (unsigned i = 0; i < 3; i++)
        ASSERT_WAITING(2);
    assert_false(futurelock_is_reported());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MUTEX_TEST(the_value_is_reached_with_the_lock),
        MUTEX_TEST(the_guard_of_another_mutex_does_not_do),
        MUTEX_TEST(the_lock_goes_to_who_has_waited_longest),
        MUTEX_TEST(a_lock_dropped_in_the_queue_is_passed_over),
        MUTEX_TEST(a_lock_dropped_at_the_head_after_it_was_chosen_is_passed_on),
        MUTEX_TEST(unlocking_and_locking_again_does_not_beat_a_queued_task),
        MUTEX_TEST(a_cancelled_holder_and_a_cancelled_waiter_leave_the_lock_to_others),
        MUTEX_TEST(an_unimportant_holder_finishes_while_urgent_tasks_wait),
        MUTEX_TEST(a_futurelock_is_reported_once_when_it_is_certain),
        MUTEX_TEST(children_of_one_task_that_share_a_lock_are_no_futurelock),
        MUTEX_TEST(futures_of_different_tasks_are_no_futurelock),
        MUTEX_TEST(a_lock_given_to_a_future_nobody_polls_stays_given_until_that_is_dropped),
    };

    console_register(&console);
    return cmocka_run_group_tests_name("async_mutex", tests, NULL, NULL);
}
