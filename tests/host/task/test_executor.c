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
    assert_int_equal(info.parent_id, 0);
    assert_int_equal(info.priority, TASK_PRIORITY_DEFAULT);
    assert_int_equal(info.awaited_line, 0);
    assert_false(executor_next_task(&executor, &cursor, &info));
    assert_false(executor_next_task(&executor, &cursor, &info));
}

static void run_the_executor_again(struct probe_record *record, struct context *context)
{
    (void)record;
    executor_run_until_idle(context->executor);
}

/* A frame needs more than the heap aligns without being asked. */
struct wide {
    _Alignas(256) struct probe_record *record;
};

static void wide_init(struct wide *self, struct probe_record *record)
{
    self->record = record;
}

static enum poll wide_poll(struct wide *self, struct context *context)
{
    (void)context;
    assert_int_equal((uintptr_t)self % 256, 0);
    self->record->polls++;
    return POLL_PENDING;
}

static void wide_drop(struct wide *self)
{
    self->record->drops++;
}

FUTURE_TYPE(wide);

static void frames_are_aligned_as_their_type_asks(void **state)
{
    enum { FRAMES = 16 };
    struct probe_record record = {};

    (void)state;
    for (unsigned i = 0; i < FRAMES; i++)
        assert_int_equal(SPAWN(&executor, wide, NULL, &record).error, SPAWN_OK);
    run();
    assert_int_equal(record.polls, FRAMES);
}

static void task_numbers_wrap_around_without_zero(void **state)
{
    struct probe_record record = {};

    (void)state;
    executor.last_id = UINT32_MAX - 1;
    assert_int_equal(SPAWN(&executor, probe, NULL, &record).id, UINT32_MAX);
    assert_int_equal(SPAWN(&executor, probe, NULL, &record).id, 1);
}

static void check_the_executor(struct probe_record *record, struct context *context)
{
    (void)record;
    executor_check(context->executor);
}

/* Its slot stays in the queue, and scheduled, until its turn comes; the check is made in between. */
static void a_task_that_woke_itself_and_completed_keeps_its_place(void **state)
{
    struct probe_record ends = {.letter = 'e', .self_wakes = 1, .ready_at_poll = 1};
    struct probe_record checks = {.letter = 'c', .in_poll = check_the_executor};

    (void)state;
    spawn_probe(&ends);
    spawn_probe(&checks);
    run();
    assert_string_equal(trace, "ec");
    assert_int_equal(count_tasks(), 1);
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
        TASK_TEST(a_task_spawned_by_a_task_runs_in_the_same_run),
        TASK_TEST(spawn_hands_out_small_numbers),
        TASK_TEST(spawn_in_a_handler_panics),
        TASK_TEST(a_spawn_without_memory_changes_nothing),
        TASK_TEST(a_refused_frame_stays_the_callers),
        TASK_TEST(a_completed_task_gives_its_memory_back),
        TASK_TEST(ten_thousand_tasks_come_and_go),
        TASK_TEST(tasks_are_listed_with_their_state),
        TASK_TEST(frames_are_aligned_as_their_type_asks),
        TASK_TEST(task_numbers_wrap_around_without_zero),
        TASK_TEST(a_task_that_woke_itself_and_completed_keeps_its_place),
        cmocka_unit_test_setup(running_the_executor_inside_a_poll_panics, task_test_setup),
    };

    return cmocka_run_group_tests_name("executor", tests, NULL, NULL);
}
