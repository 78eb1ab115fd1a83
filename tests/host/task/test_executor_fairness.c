/* SPDX-License-Identifier: MIT */
/* The executor's fairness: tasks that always wake themselves, and crowds of them, hold up nobody else for long. */
#include "task_test.h"

#include <string.h>

static struct probe_record bystander;

static void wake_the_bystander_once(struct probe_record *record, struct context *context)
{
    (void)context;
    if (record->polls == 1)
        wake_in_handler(bystander.waker);
    clock_double_advance_ns(1);
}

static void advance_the_clock(struct probe_record *record, struct context *context)
{
    (void)record;
    (void)context;
    clock_double_advance_ns(1);
}

/* Polls after which the executor looks at its inbox and its alarm. */
enum { BATCH = 16 };

/* How many polls there were before the bystander's second one. */
static size_t second_b(void)
{
    const char *second = strchr(strchr(trace, 'b') + 1, 'b');

    assert_non_null(second);
    return (size_t)(second - trace);
}

static void a_spinning_task_lets_a_handlers_wake_through(void **state)
{
    struct probe_record spinner = {.letter = 's', .self_wakes = 1, .ready_at_poll = 50};

    (void)state;
    bystander = (struct probe_record){.letter = 'b'};
    spinner.in_poll = wake_the_bystander_once;
    spawn_probe(&bystander);
    run();
    spawn_probe(&spinner);
    run();
    assert_in_range(second_b(), 2, 2 + BATCH);
}

static void a_spinning_task_lets_timers_through(void **state)
{
    struct probe_record spinner = {.letter = 's', .self_wakes = 1, .ready_at_poll = 50};
    struct timer timer = {};

    (void)state;
    bystander = (struct probe_record){.letter = 'b'};
    spinner.in_poll = advance_the_clock;
    spawn_probe(&bystander);
    run();
    timer_queue_insert(&executor.timers, &timer, 4, bystander.waker);
    spawn_probe(&spinner);
    run();
    assert_in_range(second_b(), 4, 5 + BATCH);
}

enum { CROWD = 200 };

static struct probe_record crowd[CROWD];
static unsigned polls_before_the_watcher;

static void count_polls_of_the_crowd(struct probe_record *record, struct context *context)
{
    (void)context;
    if (record->polls != 2)
        return;
    for (unsigned i = 0; i < CROWD; i++)
        polls_before_the_watcher += crowd[i].polls;
}

static void wake_by_handler_at_the_first_poll(struct probe_record *record, struct context *context)
{
    static struct probe_record *const first = &crowd[0];

    (void)context;
    if (record == first && record->polls == 1)
        wake_in_handler(crowd[CROWD - 1].waker);
}

/* More than a batch is ready, and all of it wakes itself; a handler's wake still gets its turn. */
static void a_handler_wakes_a_task_past_a_crowd(void **state)
{
    struct probe_record watcher = {.in_poll = count_polls_of_the_crowd};

    (void)state;
    polls_before_the_watcher = 0;
    spawn_probe(&watcher);
    run();
    for (unsigned i = 0; i < CROWD; i++) {
        crowd[i] = (struct probe_record){.self_wakes = 1, .ready_at_poll = 10};
        spawn_probe(&crowd[i]);
    }
    wake_in_handler(watcher.waker);
    run();
    assert_int_equal(watcher.polls, 2);
    assert_true(polls_before_the_watcher <= CROWD);
    for (unsigned i = 0; i < CROWD; i++)
        assert_int_equal(crowd[i].polls, 10);
}

/* The crowd queues itself again behind itself; the timer gets its place there after a batch, not after the crowd. */
static void a_timer_is_not_held_up_by_a_crowd(void **state)
{
    struct probe_record watcher = {.in_poll = count_polls_of_the_crowd};
    struct timer timer = {};

    (void)state;
    polls_before_the_watcher = 0;
    spawn_probe(&watcher);
    run();
    for (unsigned i = 0; i < CROWD; i++) {
        crowd[i] = (struct probe_record){.self_wakes = 1, .ready_at_poll = 10, .in_poll = advance_the_clock};
        spawn_probe(&crowd[i]);
    }
    timer_queue_insert(&executor.timers, &timer, 1, watcher.waker);
    run();
    assert_in_range(polls_before_the_watcher, CROWD, CROWD + 64);
}

static void a_wake_inside_a_batch_waits_for_its_end(void **state)
{
    (void)state;
    for (unsigned i = 0; i < CROWD; i++) {
        crowd[i] = (struct probe_record){.in_poll = wake_by_handler_at_the_first_poll};
        spawn_probe(&crowd[i]);
    }
    run();
    for (unsigned i = 0; i < CROWD; i++)
        assert_int_equal(crowd[i].polls, 1);
}

/* Between two polls of a task that always wakes itself, 64 due timers wake theirs. */
static void due_timers_fire_by_the_batch(void **state)
{
    enum { DUE = 64 };
    struct probe_record spinner = {.letter = 's', .self_wakes = 1, .ready_at_poll = DUE + 2};
    static struct probe_record due[DUE];
    struct timer timers[DUE] = {};

    (void)state;
    for (unsigned i = 0; i < DUE; i++) {
        due[i] = (struct probe_record){};
        spawn_probe(&due[i]);
    }
    run();
    for (unsigned i = 0; i < DUE; i++) {
        due[i].letter = 'd';
        timer_queue_insert(&executor.timers, &timers[i], 1, due[i].waker);
    }
    spawn_probe(&spinner);
    clock_double_set_ns(1);
    run();
    assert_int_equal(trace[0], 's');
    assert_int_equal(strspn(trace + 1, "d"), DUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TASK_TEST(a_spinning_task_lets_a_handlers_wake_through), TASK_TEST(a_spinning_task_lets_timers_through),
        TASK_TEST(a_handler_wakes_a_task_past_a_crowd),          TASK_TEST(a_timer_is_not_held_up_by_a_crowd),
        TASK_TEST(a_wake_inside_a_batch_waits_for_its_end),      TASK_TEST(due_timers_fire_by_the_batch),
    };

    return cmocka_run_group_tests_name("executor_fairness", tests, NULL, NULL);
}
