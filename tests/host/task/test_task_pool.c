/* SPDX-License-Identifier: MIT */
/* Tasks whose slots are reserved, spawned by tasks and by interrupt handlers. */
#include "task_test.h"

#include <string.h>
#include <tenorite/task/task_pool.h>

TASK_POOL(probes, probe, 2);

static struct spawn_result spawn_pooled(struct probe_record *record)
{
    return POOL_SPAWN(probes, probe, "pooled", record);
}

/* A pool is for ever; here each test has a new executor. */
static int setup(void **state)
{
    int error = task_test_setup(state);

    memset(probes_slots, 0, sizeof(probes_slots));
    probes.executor = NULL;
    task_pool_init(&probes, &executor);
    return error;
}

static void a_pool_needs_no_heap(void **state)
{
    struct probe_record record = {.ready_at_poll = 2};

    (void)state;
    heap_double_fail_at(1);
    assert_int_equal(spawn_pooled(&record).error, SPAWN_OK);
    run();
    waker_wake(record.waker);
    run();
    assert_int_equal(record.polls, 2);
    assert_int_equal(record.drops, 0);
    assert_int_equal(heap_double_live_blocks(), 0);
    assert_int_equal(count_tasks(), 0);
}

static void a_full_pool_refuses_and_changes_nothing(void **state)
{
    struct probe_record records[3] = {};
    struct spawn_result first;

    (void)state;
    first = spawn_pooled(&records[0]);
    assert_int_equal(spawn_pooled(&records[1]).error, SPAWN_OK);
    assert_int_equal(spawn_pooled(&records[2]).error, SPAWN_NO_SLOT);
    run();
    assert_int_equal(count_tasks(), 2);
    assert_int_equal(records[2].polls, 0);
    assert_int_equal(records[2].drops, 0);
    assert_int_equal(executor_cancel(first.task), CANCEL_REQUESTED);
    run();
    assert_int_equal(records[0].drops, 1);
    assert_int_equal(spawn_pooled(&records[2]).error, SPAWN_OK);
    run();
    assert_int_equal(records[2].polls, 1);
}

static void a_handler_spawns_from_a_pool(void **state)
{
    struct probe_record record = {.letter = 'h'}, other = {.letter = 'o'};

    (void)state;
    spawn_probe(&other);
    IN_HANDLER
    {
        assert_int_equal(spawn_pooled(&record).error, SPAWN_OK);
    }
    assert_int_equal(record.polls, 0);
    executor_check(&executor);
    run();
    assert_string_equal(trace, "oh");
    assert_int_equal(executor.statistics.spawned, 2);
}

static void a_full_pool_is_an_error_in_a_handler_too(void **state)
{
    struct probe_record records[3] = {};

    (void)state;
    IN_HANDLER
    {
        assert_int_equal(spawn_pooled(&records[0]).error, SPAWN_OK);
        assert_int_equal(spawn_pooled(&records[1]).error, SPAWN_OK);
        assert_int_equal(spawn_pooled(&records[2]).error, SPAWN_NO_SLOT);
    }
    run();
    assert_int_equal(count_tasks(), 2);
}

static struct probe_record late;
static struct spawn_result spawned_in_the_pass;

static void spawn_in_the_pass(struct probe_record *record, struct context *context)
{
    (void)record, (void)context;
    spawned_in_the_pass = spawn_pooled(&late);
}

/* It woke itself in its last poll: the slot is busy until its turn in the queue has come. */
static void a_slot_that_is_still_queued_is_not_used_again(void **state)
{
    struct probe_record ends = {.self_wakes = 1, .ready_at_poll = 1}, keeps = {.in_poll = spawn_in_the_pass},
                        next = {};

    (void)state;
    late = (struct probe_record){};
    assert_int_equal(spawn_pooled(&ends).error, SPAWN_OK);
    assert_int_equal(spawn_pooled(&keeps).error, SPAWN_OK);
    run();
    assert_int_equal(spawned_in_the_pass.error, SPAWN_NO_SLOT);
    assert_int_equal(late.polls, 0);
    assert_int_equal(spawn_pooled(&next).error, SPAWN_OK);
    run();
    assert_int_equal(next.polls, 1);
}

static void a_waker_of_the_task_before_does_nothing(void **state)
{
    struct probe_record before = {.ready_at_poll = 1}, after = {};

    (void)state;
    assert_int_equal(spawn_pooled(&before).error, SPAWN_OK);
    run();
    assert_int_equal(spawn_pooled(&after).error, SPAWN_OK);
    run();
    waker_wake(before.waker);
    wake_in_handler(before.waker);
    run();
    assert_int_equal(after.polls, 1);
}

static void a_pool_has_one_executor(void **state)
{
    (void)state;
    EXPECT_PANIC("has an executor already", { task_pool_init(&probes, &executor); });
}

static void claiming_without_an_executor_panics(void **state)
{
    (void)state;
    probes.executor = NULL;
    EXPECT_PANIC("no executor yet", {
        void *frame = task_pool_claim(&probes);
        assert_null(frame);
    });
}

#define POOL_TEST(function) cmocka_unit_test_setup_teardown(function, setup, task_test_teardown)

static void a_frame_that_was_not_claimed_is_not_started(void **state)
{
    static struct probe foreign;
    struct probe_record record = {};
    struct probe *frame = task_pool_claim(&probes);

    (void)state;
    probe_init(frame, &record);
    assert_int_equal(task_pool_start(&probes, NULL, frame).error, SPAWN_OK);
    EXPECT_PANIC("was not claimed", { (void)task_pool_start(&probes, NULL, frame); });
    EXPECT_PANIC("was not claimed", { (void)task_pool_start(&probes, NULL, &foreign); });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        POOL_TEST(a_pool_needs_no_heap),
        POOL_TEST(a_full_pool_refuses_and_changes_nothing),
        POOL_TEST(a_handler_spawns_from_a_pool),
        POOL_TEST(a_full_pool_is_an_error_in_a_handler_too),
        POOL_TEST(a_slot_that_is_still_queued_is_not_used_again),
        POOL_TEST(a_waker_of_the_task_before_does_nothing),
        POOL_TEST(a_pool_has_one_executor),
        POOL_TEST(claiming_without_an_executor_panics),
        POOL_TEST(a_frame_that_was_not_claimed_is_not_started),
    };

    return cmocka_run_group_tests_name("task_pool", tests, NULL, NULL);
}
