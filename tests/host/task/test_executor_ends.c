/* SPDX-License-Identifier: MIT */
/* Frames that are borrowed, block_on, dropping everything, priorities and the budget of a poll. */
#include "task_test.h"

#include <string.h>
#include <tenorite/task/budget.h>
#include <tenorite/task/coroutine.h>
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
    executor.turns = TENORITE_TASK_PRIORITIES; /* nobody else goes first */
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

static void cancel_self(struct probe_record *record, struct context *context)
{
    (void)record;
    assert_int_equal(executor_cancel((struct task_handle){context->waker.bits}), CANCEL_REQUESTED);
}

static void block_on_of_a_cancelled_task_says_so(void **state)
{
    struct probe_record record = {.in_poll = cancel_self};
    struct probe frame;

    (void)state;
    assert_int_equal(BLOCK_ON(&executor, probe, &frame, &record), SPAWN_CANCELLED);
    assert_int_equal(record.drops, 1);
}

static struct waker middle_waker;
static uint64_t polls_at_wake, polls_at_poll;

static void wake_the_middle(struct probe_record *record, struct context *context)
{
    if (record->polls != 10)
        return;
    polls_at_wake = context->executor->statistics.polls;
    waker_wake(middle_waker);
}

static void note_the_polls(struct probe_record *record, struct context *context)
{
    (void)record;
    polls_at_poll = context->executor->statistics.polls;
}

static void between_busy_priorities_the_middle_gets_its_turn(void **state)
{
    struct probe_record high = {.self_wakes = 1, .ready_at_poll = 1000, .in_poll = wake_the_middle};
    struct probe_record low = {.self_wakes = 1, .ready_at_poll = 1000};
    struct probe_record middle = {.in_poll = note_the_polls};

    (void)state;
    spawn_probe(&middle);
    run();
    middle_waker = middle.waker;
    executor_set_priority(spawn_probe(&high), 0);
    executor_set_priority(spawn_probe(&low), TENORITE_TASK_PRIORITIES - 1);
    run();
    assert_int_equal(middle.polls, 2);
    assert_in_range(polls_at_poll - polls_at_wake, 1, 64 * 2);
}

static unsigned drops_so_far, drops_before_the_poll;

static void count_drop(struct probe_record *record)
{
    (void)record;
    drops_so_far++;
}

static void note_the_drops(struct probe_record *record, struct context *context)
{
    (void)record;
    (void)context;
    drops_before_the_poll = drops_so_far;
}

/* They are dequeued without a poll, and take turns all the same. */
static void cancelled_tasks_of_low_priority_hold_up_nobody(void **state)
{
    enum { MANY = 500 };
    static struct probe_record low[MANY];
    static struct task_handle tasks[MANY];
    struct probe_record other = {.in_poll = note_the_drops, .ready_at_poll = 1};

    (void)state;
    drops_so_far = 0;
    for (unsigned i = 0; i < MANY; i++) {
        low[i] = (struct probe_record){.in_drop = count_drop};
        tasks[i] = spawn_probe(&low[i]);
        executor_set_priority(tasks[i], TENORITE_TASK_PRIORITIES - 1);
    }
    run();
    for (unsigned i = 0; i < MANY; i++)
        assert_int_equal(executor_cancel(tasks[i]), CANCEL_REQUESTED);
    spawn_probe(&other);
    executor.turns = 0; /* where the lowest goes first, by either count */
    executor.statistics.polls = 0;
    run();
    assert_int_equal(drops_so_far, MANY);
    assert_in_range(drops_before_the_poll, 0, 2);
}

static void run_in_drop(struct probe_record *record)
{
    (void)record;
    executor_run_until_idle(&executor);
}

static void running_the_executor_in_a_drop_panics(void **state)
{
    struct probe_record record = {.in_drop = run_in_drop};

    (void)state;
    spawn_probe(&record);
    run();
    EXPECT_PANIC("E4", { executor_drop_all(&executor); });
}

static struct task_handle traced;
static unsigned cleanups;

static void visit_nothing(struct tracer *tracer, const struct future_type *type, const void *future)
{
    (void)tracer;
    (void)type;
    (void)future;
}

static void trace_the_traced(void)
{
    struct tracer tracer;

    tracer_init(&tracer, visit_nothing);
    if (++cleanups < 3)
        assert_true(executor_trace(traced, &tracer));
}

ASYNC_STATIC_FRAME(self_tracer, struct yield yield;);

static void self_tracer_init(struct self_tracer *self)
{
    coroutine_init(&self->coroutine);
}

ASYNC(self_tracer)
{
    ASYNC_BEGIN;
    for (;;)
        AWAIT(yield, &self->yield);
    ASYNC_CLEANUP;
    trace_the_traced();
    ASYNC_END;
}

static void a_trace_from_a_cleanup_section_does_not_run_it_again(void **state)
{
    (void)state;
    cleanups = 0;
    traced = SPAWN(&executor, self_tracer, NULL).task;
    executor_drop_all(&executor);
    assert_int_equal(cleanups, 1);
}

static void end_the_traced(struct probe_record *record, struct context *context)
{
    (void)record;
    (void)context;
    executor_end_borrowed(traced);
}

static void nor_does_one_of_a_task_that_another_ends(void **state)
{
    struct probe_record ends = {.in_poll = end_the_traced, .ready_at_poll = 1};
    struct self_tracer frame;
    struct spawn_result result;

    (void)state;
    cleanups = 0;
    spawn_probe(&ends);
    self_tracer_init(&frame);
    result = executor_spawn_borrowed(&executor, &self_tracer_type, NULL, &frame);
    assert_int_equal(result.error, SPAWN_OK);
    traced = result.task;
    run();
    assert_int_equal(cleanups, 1);
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
        TASK_TEST(block_on_of_a_cancelled_task_says_so),
        TASK_TEST(between_busy_priorities_the_middle_gets_its_turn),
        TASK_TEST(cancelled_tasks_of_low_priority_hold_up_nobody),
        TASK_TEST(a_trace_from_a_cleanup_section_does_not_run_it_again),
        TASK_TEST(nor_does_one_of_a_task_that_another_ends),
        cmocka_unit_test_setup(running_the_executor_in_a_drop_panics, task_test_setup),
    };

    return cmocka_run_group_tests_name("executor_ends", tests, NULL, NULL);
}
