/* SPDX-License-Identifier: MIT */
#include "task_test.h"

#include <tenorite/task/coroutine.h>
#include <tenorite/task/sleep.h>

static void cancel(struct task_handle task)
{
    assert_int_equal(executor_cancel(task), CANCEL_REQUESTED);
}

static void cancelled_before_its_first_poll_it_is_never_polled(void **state)
{
    struct probe_record record = {};

    (void)state;
    cancel(spawn_probe(&record));
    run();
    assert_int_equal(record.polls, 0);
    assert_int_equal(record.drops, 1);
    assert_int_equal(count_tasks(), 0);
    assert_int_equal(executor.statistics.cancelled, 1);
}

static void cancelled_while_waiting_it_is_dropped(void **state)
{
    struct probe_record record = {};
    struct task_handle task = spawn_probe(&record);

    (void)state;
    run();
    cancel(task);
    assert_int_equal(record.drops, 0);
    run();
    assert_int_equal(record.polls, 1);
    assert_int_equal(record.drops, 1);
    assert_int_equal(count_tasks(), 0);
}

static void cancelled_while_ready_it_is_dropped_without_another_poll(void **state)
{
    struct probe_record record = {};
    struct task_handle task = spawn_probe(&record);

    (void)state;
    run();
    waker_wake(record.waker);
    cancel(task);
    run();
    assert_int_equal(record.polls, 1);
    assert_int_equal(record.drops, 1);
}

static void cancelled_twice_it_is_dropped_once(void **state)
{
    struct probe_record record = {};
    struct task_handle task = spawn_probe(&record);

    (void)state;
    run();
    cancel(task);
    IN_HANDLER
    {
        cancel(task);
    }
    waker_wake(record.waker);
    run();
    assert_int_equal(record.drops, 1);
    assert_int_equal(executor.statistics.cancelled, 1);
}

static void a_completed_task_is_too_late_to_cancel(void **state)
{
    struct probe_record record = {.ready_at_poll = 1}, successor = {};
    struct task_handle task = spawn_probe(&record);

    (void)state;
    run();
    assert_int_equal(executor_cancel(task), CANCEL_TOO_LATE);
    spawn_probe(&successor);
    assert_int_equal(executor_cancel(task), CANCEL_TOO_LATE);
    run();
    assert_int_equal(record.drops, 0);
    assert_int_equal(successor.polls, 1);
    assert_int_equal(successor.drops, 0);
}

static struct task_handle own_task;

static void cancel_own_task(struct probe_record *record, struct context *context)
{
    (void)context;
    cancel(own_task);
    executor_check(&executor);
    assert_int_equal(record->drops, 0);
}

static void a_task_that_cancels_itself_is_dropped_after_the_poll(void **state)
{
    struct probe_record record = {.in_poll = cancel_own_task};

    (void)state;
    own_task = spawn_probe(&record);
    run();
    assert_int_equal(record.polls, 1);
    assert_int_equal(record.drops, 1);
}

static void a_task_that_cancels_itself_and_completes_has_completed(void **state)
{
    struct probe_record record = {.in_poll = cancel_own_task, .ready_at_poll = 1}, successor = {};

    (void)state;
    own_task = spawn_probe(&record);
    run();
    assert_int_equal(record.drops, 0);
    assert_int_equal(executor.statistics.completed, 1);
    assert_int_equal(executor.statistics.cancelled, 0);
    spawn_probe(&successor);
    run();
    assert_int_equal(successor.polls, 1);
}

static void wake_self_in_drop(struct probe_record *record)
{
    waker_wake(record->waker);
    wake_in_handler(record->waker);
}

static void a_wake_during_the_drop_changes_nothing(void **state)
{
    struct probe_record record = {.in_drop = wake_self_in_drop};
    struct task_handle task = spawn_probe(&record);

    (void)state;
    run();
    cancel(task);
    run();
    assert_int_equal(record.polls, 1);
    assert_int_equal(record.drops, 1);
}

static unsigned inner_cleanups, outer_cleanups;

ASYNC_STATIC_FRAME(inner, struct sleep sleep;);
ASYNC_STATIC_FRAME(outer, struct inner inner;);

static void inner_init(struct inner *self)
{
    coroutine_init(&self->coroutine);
}

static void outer_init(struct outer *self)
{
    coroutine_init(&self->coroutine);
}

ASYNC(inner)
{
    ASYNC_BEGIN;
    AWAIT(sleep, &self->sleep, SECONDS(100));
    ASYNC_CLEANUP;
    assert_int_equal(outer_cleanups, 0);
    inner_cleanups++;
    ASYNC_END;
}

ASYNC(outer)
{
    ASYNC_BEGIN;
    AWAIT(inner, &self->inner);
    ASYNC_CLEANUP;
    outer_cleanups++;
    ASYNC_END;
}

static void cancelling_a_sleeping_chain_frees_it_without_waiting_for_the_timer(void **state)
{
    struct spawn_result result = SPAWN(&executor, outer, NULL);
    size_t blocks;

    (void)state;
    inner_cleanups = outer_cleanups = 0;
    assert_int_equal(result.error, SPAWN_OK);
    run();
    blocks = heap_double_live_blocks();
    assert_int_equal(executor.timers.count, 1);
    cancel(result.task);
    run();
    assert_int_equal(executor.timers.count, 0);
    assert_int_equal(inner_cleanups, 1);
    assert_int_equal(outer_cleanups, 1);
    assert_int_equal(heap_double_live_blocks(), blocks - 1);
    clock_double_set_ns(UINT64_MAX);
    run();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TASK_TEST(cancelled_before_its_first_poll_it_is_never_polled),
        TASK_TEST(cancelled_while_waiting_it_is_dropped),
        TASK_TEST(cancelled_while_ready_it_is_dropped_without_another_poll),
        TASK_TEST(cancelled_twice_it_is_dropped_once),
        TASK_TEST(a_completed_task_is_too_late_to_cancel),
        TASK_TEST(a_task_that_cancels_itself_is_dropped_after_the_poll),
        TASK_TEST(a_task_that_cancels_itself_and_completes_has_completed),
        TASK_TEST(a_wake_during_the_drop_changes_nothing),
        TASK_TEST(cancelling_a_sleeping_chain_frees_it_without_waiting_for_the_timer),
    };

    return cmocka_run_group_tests_name("cancel", tests, NULL, NULL);
}
