/* SPDX-License-Identifier: MIT */
#include "task_test.h"

static void nothing_spawned_nothing_polled(void **state)
{
    (void)state;
    run();
    assert_int_equal(executor.statistics.polls, 0);
}

static void a_spawned_task_is_polled_once(void **state)
{
    struct probe_record record = {};

    (void)state;
    spawn_probe(&record);
    run();
    run();
    assert_int_equal(record.polls, 1);
    assert_int_equal(count_tasks(), 1);
}

static void tasks_are_polled_in_the_order_they_were_spawned(void **state)
{
    struct probe_record a = {.letter = 'a'}, b = {.letter = 'b'}, c = {.letter = 'c'};

    (void)state;
    spawn_probe(&a);
    spawn_probe(&b);
    spawn_probe(&c);
    run();
    assert_string_equal(trace, "abc");
}

static void tasks_are_polled_in_the_order_they_were_woken(void **state)
{
    struct probe_record a = {.letter = 'a'}, b = {.letter = 'b'}, c = {.letter = 'c'};

    (void)state;
    spawn_probe(&a);
    spawn_probe(&b);
    spawn_probe(&c);
    run();
    waker_wake(c.waker);
    waker_wake(a.waker);
    waker_wake(b.waker);
    run();
    assert_string_equal(trace, "abccab");
}

static void two_wakes_queue_a_task_once(void **state)
{
    struct probe_record record = {};

    (void)state;
    spawn_probe(&record);
    run();
    waker_wake(record.waker);
    wake_in_handler(record.waker);
    waker_wake(record.waker);
    run();
    assert_int_equal(record.polls, 2);
}

static void a_million_wakes_are_one_poll(void **state)
{
    struct probe_record record = {};

    (void)state;
    spawn_probe(&record);
    run();
    IN_HANDLER
    {
        for (unsigned i = 0; i < 1000 * 1000; i++)
            waker_wake(record.waker);
    }
    run();
    assert_int_equal(record.polls, 2);
}

static void a_task_that_wakes_itself_is_polled_again(void **state)
{
    struct probe_record record = {.self_wakes = 2, .ready_at_poll = 5};

    (void)state;
    spawn_probe(&record);
    run();
    assert_int_equal(record.polls, 5);
    assert_int_equal(count_tasks(), 0);
}

static void tasks_that_wake_themselves_take_turns(void **state)
{
    struct probe_record a = {.letter = 'a', .self_wakes = 1, .ready_at_poll = 4};
    struct probe_record b = {.letter = 'b', .self_wakes = 1, .ready_at_poll = 4};
    struct probe_record c = {.letter = 'c'};

    (void)state;
    spawn_probe(&a);
    spawn_probe(&b);
    spawn_probe(&c);
    run();
    assert_string_equal(trace, "abcababab");
}

static struct probe_record woken_again = {.letter = 'w', .self_wakes = 1, .ready_at_poll = 3};

static void wake_the_other_again(struct probe_record *record, struct context *context)
{
    (void)record;
    executor_check(context->executor);
    waker_wake(woken_again.waker);
    executor_check(context->executor);
}

static void a_task_that_woke_itself_is_not_queued_again_by_another(void **state)
{
    struct probe_record other = {.letter = 'o', .in_poll = wake_the_other_again, .ready_at_poll = 1};

    (void)state;
    woken_again.polls = 0;
    spawn_probe(&woken_again);
    spawn_probe(&other);
    run();
    assert_string_equal(trace, "woww");
}

static struct probe_record bystander;

static void wake_the_bystander_once(struct probe_record *record, struct context *context)
{
    (void)context;
    if (record->polls == 1)
        wake_in_handler(bystander.waker);
    clock_double_advance_ns(1);
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
    assert_memory_equal(trace, "bssbs", 5);
}

static void a_spinning_task_lets_timers_through(void **state)
{
    struct probe_record spinner = {.letter = 's', .self_wakes = 1, .ready_at_poll = 50};
    struct timer timer = {};

    (void)state;
    bystander = (struct probe_record){.letter = 'b'};
    spinner.in_poll = wake_the_bystander_once;
    spawn_probe(&bystander);
    run();
    timer_queue_insert(&executor.timers, &timer, 4, bystander.waker);
    spawn_probe(&spinner);
    run();
    assert_memory_equal(trace, "bssbsssb", 8);
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

static void advance_the_clock(struct probe_record *record, struct context *context)
{
    (void)record;
    (void)context;
    clock_double_advance_ns(1);
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

static struct probe_record spawned_inside = {.letter = 'i', .ready_at_poll = 1};

static void spawn_inside(struct probe_record *record, struct context *context)
{
    (void)record;
    assert_int_equal(SPAWN(context->executor, probe, "inside", &spawned_inside).error, SPAWN_OK);
}

static void a_task_spawned_by_a_task_runs_in_the_same_run(void **state)
{
    struct probe_record outer = {.letter = 'o', .in_poll = spawn_inside, .ready_at_poll = 1};

    (void)state;
    spawned_inside.polls = 0;
    spawn_probe(&outer);
    run();
    assert_string_equal(trace, "oi");
    assert_int_equal(count_tasks(), 0);
}

static void spawn_hands_out_small_numbers(void **state)
{
    struct probe_record record = {};
    struct spawn_result first = SPAWN(&executor, probe, "first", &record);
    struct spawn_result second = SPAWN(&executor, probe, "second", &record);

    (void)state;
    assert_int_equal(first.error, SPAWN_OK);
    assert_int_equal(first.id, 1);
    assert_int_equal(second.id, 2);
}

static void spawn_in_a_handler_panics(void **state)
{
    struct probe_record record = {};
    struct probe *frame = executor_frame_alloc(&executor, &probe_type);

    (void)state;
    probe_init(frame, &record);
    cpu_double_is_in_handler = true;
    EXPECT_PANIC("interrupt handler", { (void)executor_spawn(&executor, &probe_type, NULL, frame); });
    cpu_double_is_in_handler = false;
    executor_frame_free(&executor, frame);
}

/* The first allocation is the frame, the second the slab of headers. */
static void a_spawn_without_memory_changes_nothing(void **state)
{
    (void)state;
    for (unsigned fails = 1; fails <= 2; fails++) {
        struct probe_record record = {};

        heap_double_fail_at(fails);
        assert_int_equal(SPAWN(&executor, probe, NULL, &record).error, SPAWN_NO_MEMORY);
        assert_int_equal(record.drops, fails - 1);
        assert_int_equal(heap_double_live_blocks(), 0);
        assert_int_equal(executor.statistics.spawned, 0);
        run();
        assert_int_equal(record.polls, 0);
    }
    struct probe_record record = {};
    spawn_probe(&record);
    run();
    assert_int_equal(record.polls, 1);
}

static void a_refused_frame_stays_the_callers(void **state)
{
    struct probe_record record = {};
    struct probe *frame = executor_frame_alloc(&executor, &probe_type);

    (void)state;
    probe_init(frame, &record);
    heap_double_fail_at(1);
    assert_int_equal(executor_spawn(&executor, &probe_type, NULL, frame).error, SPAWN_NO_MEMORY);
    assert_int_equal(record.drops, 0);
    assert_int_equal(heap_double_live_blocks(), 1);
    assert_int_equal(executor_spawn(&executor, &probe_type, NULL, frame).error, SPAWN_OK);
    run();
    assert_int_equal(record.polls, 1);
}

static void a_completed_task_gives_its_memory_back(void **state)
{
    size_t before;

    (void)state;
    struct probe_record stays = {};
    spawn_probe(&stays);
    before = heap_double_live_blocks();
    for (unsigned i = 0; i < 1000; i++) {
        struct probe_record record = {.ready_at_poll = 1};
        spawn_probe(&record);
        run();
        assert_int_equal(record.polls, 1);
        assert_int_equal(record.drops, 0);
    }
    assert_int_equal(heap_double_live_blocks(), before);
    assert_int_equal(executor.statistics.slots, 31);
    assert_int_equal(executor.statistics.completed, 1000);
}

static void ten_thousand_tasks_come_and_go(void **state)
{
    enum { MANY = 10000 };
    static struct probe_record records[MANY];
    uint32_t slots = 0;

    (void)state;
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < MANY; i++) {
            records[i] = (struct probe_record){.ready_at_poll = 2};
            spawn_probe(&records[i]);
        }
        run();
        assert_int_equal(count_tasks(), MANY);
        for (unsigned i = 0; i < MANY; i++)
            wake_in_handler(records[i].waker);
        run();
        assert_int_equal(count_tasks(), 0);
        if (round == 0)
            slots = executor.statistics.slots;
        assert_int_equal(executor.statistics.slots, slots);
    }
}

static struct task_info seen_inside;

static void look_at_the_tasks(struct probe_record *record, struct context *context)
{
    struct task_cursor cursor = {};

    (void)record;
    assert_true(executor_next_task(context->executor, &cursor, &seen_inside));
    executor_check(context->executor);
}

static void tasks_are_listed_with_their_state(void **state)
{
    struct probe_record looks = {.in_poll = look_at_the_tasks}, waits = {};
    struct task_cursor cursor = {};
    struct task_info info;

    (void)state;
    assert_int_equal(SPAWN(&executor, probe, "looks", &looks).error, SPAWN_OK);
    spawn_probe(&waits);
    assert_true(executor_next_task(&executor, &cursor, &info));
    assert_int_equal(info.state, TASK_READY);
    run();
    assert_string_equal(seen_inside.name, "looks");
    assert_int_equal(seen_inside.state, TASK_RUNNING);
    assert_true(executor_next_task(&executor, &cursor, &info));
    assert_string_equal(info.name, "probe");
    assert_string_equal(info.type_name, "probe");
    assert_string_equal(task_state_name(info.state), "waiting");
    assert_int_equal(info.id, 2);
    assert_int_equal(info.polls, 1);
    assert_int_equal(info.awaited_line, 0);
    assert_false(executor_next_task(&executor, &cursor, &info));
    assert_false(executor_next_task(&executor, &cursor, &info));
}

static void run_the_executor_again(struct probe_record *record, struct context *context)
{
    (void)record;
    executor_run_until_idle(context->executor);
}

static void running_the_executor_inside_a_poll_panics(void **state)
{
    struct probe_record record = {.in_poll = run_the_executor_again};

    (void)state;
    spawn_probe(&record);
    EXPECT_PANIC("E4", { executor_run_until_idle(&executor); });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TASK_TEST(nothing_spawned_nothing_polled),
        TASK_TEST(a_spawned_task_is_polled_once),
        TASK_TEST(tasks_are_polled_in_the_order_they_were_spawned),
        TASK_TEST(tasks_are_polled_in_the_order_they_were_woken),
        TASK_TEST(two_wakes_queue_a_task_once),
        TASK_TEST(a_million_wakes_are_one_poll),
        TASK_TEST(a_task_that_wakes_itself_is_polled_again),
        TASK_TEST(tasks_that_wake_themselves_take_turns),
        TASK_TEST(a_task_that_woke_itself_is_not_queued_again_by_another),
        TASK_TEST(a_spinning_task_lets_a_handlers_wake_through),
        TASK_TEST(a_spinning_task_lets_timers_through),
        TASK_TEST(a_handler_wakes_a_task_past_a_crowd),
        TASK_TEST(a_timer_is_not_held_up_by_a_crowd),
        TASK_TEST(a_wake_inside_a_batch_waits_for_its_end),
        TASK_TEST(a_task_spawned_by_a_task_runs_in_the_same_run),
        TASK_TEST(spawn_hands_out_small_numbers),
        TASK_TEST(spawn_in_a_handler_panics),
        TASK_TEST(a_spawn_without_memory_changes_nothing),
        TASK_TEST(a_refused_frame_stays_the_callers),
        TASK_TEST(a_completed_task_gives_its_memory_back),
        TASK_TEST(ten_thousand_tasks_come_and_go),
        TASK_TEST(tasks_are_listed_with_their_state),
        cmocka_unit_test_setup(running_the_executor_inside_a_poll_panics, task_test_setup),
    };

    return cmocka_run_group_tests_name("executor", tests, NULL, NULL);
}
