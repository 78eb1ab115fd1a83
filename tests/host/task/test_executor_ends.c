/* SPDX-License-Identifier: MIT */
/* Frames that are borrowed, block_on, dropping everything, priorities and the budget of a poll. */
#include "task_test.h"

#include <string.h>
#include <tenorite/task/budget.h>
#include <tenorite/task/yield.h>

static struct task_handle spawn_borrowed(struct probe *frame, struct probe_record *record)
{
    probe_init(frame, record);
    struct spawn_result result = executor_spawn_borrowed(&executor, &probe_type, "borrowed", frame);
    assert_int_equal(result.error, SPAWN_OK);
    return result.task;
}

static void a_borrowed_frame_is_not_freed(void **state)
{
    struct probe_record record = {.ready_at_poll = 1};
    struct probe frame;

    (void)state;
    struct task_handle task = spawn_borrowed(&frame, &record);
    assert_true(executor_is_live(task));
    run();
    assert_false(executor_is_live(task));
    assert_int_equal(record.polls, 1);
    assert_int_equal(record.drops, 0);
}

static void ending_a_borrowed_task_drops_it_at_once(void **state)
{
    struct probe_record waits = {}, ready = {};
    struct probe frames[2];

    (void)state;
    struct task_handle waiting = spawn_borrowed(&frames[0], &waits);
    run();
    struct task_handle queued = spawn_borrowed(&frames[1], &ready);
    executor_end_borrowed(waiting);
    executor_end_borrowed(queued);
    executor_end_borrowed(queued);
    assert_int_equal(waits.drops, 1);
    assert_int_equal(ready.drops, 1);
    executor_check(&executor);
    run();
    assert_int_equal(ready.polls, 0);
    assert_int_equal(count_tasks(), 0);
}

static void ending_a_task_with_its_own_frame_panics(void **state)
{
    struct probe_record record = {};

    (void)state;
    struct task_handle task = spawn_probe(&record);
    EXPECT_PANIC("cancel it", { executor_end_borrowed(task); });
}

static void block_on_runs_until_the_future_is_ready(void **state)
{
    struct probe_record record = {.self_wakes = 1, .ready_at_poll = 3}, other = {.letter = 'o'};
    struct probe frame;

    (void)state;
    spawn_probe(&other);
    assert_int_equal(BLOCK_ON(&executor, probe, &frame, &record), SPAWN_OK);
    assert_int_equal(record.polls, 3);
    assert_int_equal(other.polls, 1);
    assert_int_equal(count_tasks(), 1);
}

static struct probe_record blocked;

static void wake_the_blocked(void)
{
    wake_in_handler(blocked.waker);
}

static void block_on_sleeps_while_nothing_is_ready(void **state)
{
    struct probe frame;

    (void)state;
    blocked = (struct probe_record){.ready_at_poll = 3};
    cpu_double_on_idle = wake_the_blocked;
    assert_int_equal(BLOCK_ON(&executor, probe, &frame, &blocked), SPAWN_OK);
    assert_int_equal(cpu_double_idle_count, 2);
    assert_true(interrupts_are_enabled());
}

static void block_on_without_memory_drops_the_future(void **state)
{
    struct probe_record record = {};
    struct probe frame;

    (void)state;
    heap_double_fail_at(1);
    assert_int_equal(BLOCK_ON(&executor, probe, &frame, &record), SPAWN_NO_MEMORY);
    assert_int_equal(record.polls, 0);
    assert_int_equal(record.drops, 1);
}

static struct probe_record spawned_by_drop;

static void spawn_in_drop(struct probe_record *record)
{
    (void)record;
    spawn_probe(&spawned_by_drop);
}

static void dropping_all_drops_each_task_once(void **state)
{
    struct probe_record waits = {.in_drop = spawn_in_drop}, ready = {}, ends = {.ready_at_poll = 1};

    (void)state;
    spawned_by_drop = (struct probe_record){};
    spawn_probe(&waits);
    spawn_probe(&ends);
    assert_int_equal(SPAWN_JOINABLE(&executor, probe, "ended", &ends).error, SPAWN_OK);
    run();
    spawn_probe(&ready);
    waker_wake(waits.waker);
    executor_drop_all(&executor);
    executor_check(&executor);
    assert_int_equal(waits.drops, 1);
    assert_int_equal(ready.drops, 1);
    assert_int_equal(ready.polls, 0);
    assert_int_equal(spawned_by_drop.drops, 1);
    assert_int_equal(spawned_by_drop.polls, 0);
    assert_int_equal(count_tasks(), 0);
    waker_wake(waits.waker);
    wake_in_handler(waits.waker);
    run();
    assert_int_equal(waits.polls, 1);
    spawn_probe(&ready);
    run();
    assert_int_equal(ready.polls, 1);
}

static void a_higher_priority_is_served_first(void **state)
{
    struct probe_record low = {.letter = 'l'}, middle = {.letter = 'm'}, high = {.letter = 'h'};

    (void)state;
    struct task_handle first = spawn_probe(&low), last = spawn_probe(&high);
    spawn_probe(&middle);
    run();
    executor_set_priority(first, TENORITE_TASK_PRIORITIES - 1);
    executor_set_priority(last, 0);
    trace[0] = '\0';
    memset(trace, 0, sizeof(trace));
    executor.statistics.polls = 1; /* not the turn of the lowest */
    waker_wake(low.waker);
    waker_wake(middle.waker);
    wake_in_handler(high.waker);
    run();
    assert_string_equal(trace, "hml");
}

static void the_lowest_priority_gets_a_poll_in_64(void **state)
{
    struct probe_record low = {.letter = 'l'}, high = {.letter = 'h', .self_wakes = 1, .ready_at_poll = 200};

    (void)state;
    struct task_handle lowest = spawn_probe(&low);
    run();
    executor_set_priority(lowest, TENORITE_TASK_PRIORITIES - 1);
    executor_set_priority(spawn_probe(&high), 0);
    memset(trace, 0, sizeof(trace));
    waker_wake(low.waker);
    run();
    assert_non_null(strchr(trace, 'l'));
    assert_true(strchr(trace, 'l') - trace <= 64);
}

static void a_priority_that_there_is_not_panics(void **state)
{
    struct probe_record record = {};

    (void)state;
    struct task_handle task = spawn_probe(&record);
    EXPECT_PANIC("priority 3 of 3", { executor_set_priority(task, TENORITE_TASK_PRIORITIES); });
}

static unsigned units_taken;

static void take_all_units(struct probe_record *record, struct context *context)
{
    (void)record;
    assert_int_equal(budget_left(context), POLL_BUDGET);
    while (budget_take(context))
        units_taken++;
}

static void a_poll_without_budget_gives_way_and_is_polled_again(void **state)
{
    struct probe_record greedy = {.letter = 'g', .in_poll = take_all_units, .ready_at_poll = 3};
    struct probe_record other = {.letter = 'o', .ready_at_poll = 1};

    (void)state;
    units_taken = 0;
    spawn_probe(&greedy);
    spawn_probe(&other);
    run();
    assert_int_equal(units_taken, 3 * POLL_BUDGET);
    assert_string_equal(trace, "gogg");
}

static struct executor second_executor;

static void spawn_on_both(struct probe_record *record, struct context *context)
{
    (void)context;
    assert_int_equal(SPAWN(&second_executor, probe, "second", record).error, SPAWN_OK);
}

/* Two executors of one CPU keep their tasks apart. */
static void a_task_is_run_by_the_executor_that_it_was_spawned_on(void **state)
{
    struct probe_record outer = {.in_poll = spawn_on_both, .ready_at_poll = 1};

    (void)state;
    executor_init(&second_executor, heap_double());
    spawn_probe(&outer);
    run();
    assert_int_equal(outer.polls, 1);
    outer.in_poll = NULL;
    executor_run_until_idle(&second_executor);
    executor_check(&second_executor);
    assert_int_equal(outer.polls, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TASK_TEST(a_borrowed_frame_is_not_freed),
        TASK_TEST(ending_a_borrowed_task_drops_it_at_once),
        TASK_TEST(ending_a_task_with_its_own_frame_panics),
        TASK_TEST(block_on_runs_until_the_future_is_ready),
        TASK_TEST(block_on_sleeps_while_nothing_is_ready),
        TASK_TEST(block_on_without_memory_drops_the_future),
        TASK_TEST(dropping_all_drops_each_task_once),
        TASK_TEST(a_higher_priority_is_served_first),
        TASK_TEST(the_lowest_priority_gets_a_poll_in_64),
        TASK_TEST(a_priority_that_there_is_not_panics),
        TASK_TEST(a_poll_without_budget_gives_way_and_is_polled_again),
        TASK_TEST(a_task_is_run_by_the_executor_that_it_was_spawned_on),
    };

    return cmocka_run_group_tests_name("executor_ends", tests, NULL, NULL);
}
