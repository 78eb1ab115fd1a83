/* SPDX-License-Identifier: MIT */
/* Handles of joinable tasks: values, cancelling, detaching, in every state. */
#include "task_test.h"

#include <tenorite/task/coroutine.h>
#include <tenorite/task/join.h>
#include <tenorite/task/notify.h>
#include <tenorite/task/shared.h>

static struct notify gate;
static unsigned cleanups, freed;
static int freed_value;

/* Waits at the gate, then leaves a value that somebody has to free. */
struct worker {
    struct notify_wait wait;
    int value, result;
    const char cannot_be_assigned[0];
};

static void worker_init(struct worker *self, int value)
{
    notify_wait_init(&self->wait, &gate);
    self->value = value;
}

static enum poll worker_poll(struct worker *self, struct context *context)
{
    if (notify_wait_poll(&self->wait, context) == POLL_PENDING)
        return POLL_PENDING;
    self->result = self->value;
    return POLL_READY;
}

static void worker_drop(struct worker *self)
{
    notify_wait_drop(&self->wait);
    cleanups++;
}

static void free_value(void *value)
{
    freed++;
    freed_value = *(int *)value;
}

FUTURE_TYPE(worker, FUTURE_RESULT(worker), .drop_result = free_value);

/* Joins and says what it got. */
struct report {
    enum join_error error;
    int value;
    bool is_ready;
};

ASYNC_STATIC_FRAME(joiner, struct task_handle task; struct report * report; struct join join;);

static void joiner_init(struct joiner *self, struct task_handle task, struct report *report)
{
    coroutine_init(&self->coroutine);
    self->task = task;
    self->report = report;
}

ASYNC(joiner)
{
    ASYNC_BEGIN;
    AWAIT(join, &self->join, self->task, JOIN_INTO(&self->report->value));
    self->report->error = self->join.error;
    self->report->is_ready = true;
    ASYNC_END;
}

static int setup(void **state)
{
    gate = (struct notify){};
    cleanups = freed = 0;
    freed_value = 0;
    return task_test_setup(state);
}

static struct task_handle spawn_worker(int value)
{
    struct spawn_result result = SPAWN_JOINABLE(&executor, worker, "worker", value);

    assert_int_equal(result.error, SPAWN_OK);
    return result.task;
}

static struct task_handle spawn_joiner(struct task_handle task, struct report *report)
{
    struct spawn_result result = SPAWN(&executor, joiner, "joiner", task, report);

    assert_int_equal(result.error, SPAWN_OK);
    return result.task;
}

static void a_join_waits_and_gets_the_value(void **state)
{
    struct report report = {};

    (void)state;
    spawn_joiner(spawn_worker(42), &report);
    run();
    assert_false(report.is_ready);
    notify_one(&gate);
    run();
    assert_true(report.is_ready);
    assert_int_equal(report.error, JOIN_OK);
    assert_int_equal(report.value, 42);
    assert_int_equal(freed, 0);
    assert_int_equal(count_tasks(), 0);
}

static void a_task_that_has_ended_keeps_its_value(void **state)
{
    struct report report = {};
    struct task_cursor cursor = {};
    struct task_info info;

    (void)state;
    struct task_handle worker = spawn_worker(7);
    notify_one(&gate);
    run();
    assert_true(executor_next_task(&executor, &cursor, &info));
    assert_int_equal(info.state, TASK_ENDED);
    assert_false(executor_is_live(worker));
    assert_int_equal(executor_cancel(worker), CANCEL_TOO_LATE);
    spawn_joiner(worker, &report);
    run();
    assert_int_equal(report.error, JOIN_OK);
    assert_int_equal(report.value, 7);
    assert_int_equal(count_tasks(), 0);
}

static void the_second_join_of_a_task_finds_it_gone(void **state)
{
    struct report first = {}, second = {};

    (void)state;
    struct task_handle worker = spawn_worker(7);
    notify_one(&gate);
    spawn_joiner(worker, &first);
    run();
    spawn_joiner(worker, &second);
    run();
    assert_int_equal(first.error, JOIN_OK);
    assert_true(second.is_ready);
    assert_int_equal(second.error, JOIN_GONE);
    assert_int_equal(second.value, 0);
}

static void a_second_join_is_refused_while_the_first_waits(void **state)
{
    struct report reports[2] = {};

    (void)state;
    struct task_handle worker = spawn_worker(7);
    spawn_joiner(worker, &reports[0]);
    spawn_joiner(worker, &reports[1]);
    run();
    assert_false(reports[0].is_ready);
    assert_int_equal(reports[1].error, JOIN_TAKEN);
    notify_one(&gate);
    run();
    assert_int_equal(reports[0].error, JOIN_OK);
    assert_int_equal(reports[0].value, 7);
}

static void a_cancelled_task_has_no_value(void **state)
{
    struct report report = {};

    (void)state;
    struct task_handle worker = spawn_worker(7);
    spawn_joiner(worker, &report);
    run();
    assert_int_equal(executor_cancel(worker), CANCEL_REQUESTED);
    assert_int_equal(executor_cancel(worker), CANCEL_REQUESTED);
    run();
    assert_int_equal(report.error, JOIN_CANCELLED);
    assert_int_equal(cleanups, 1);
    assert_int_equal(freed, 0);
    assert_int_equal(count_tasks(), 0);
}

static void detaching_a_running_task_lets_it_run_and_frees_its_value_once(void **state)
{
    (void)state;
    struct task_handle worker = spawn_worker(9);
    run();
    join_detach(worker);
    join_detach(worker);
    assert_int_equal(freed, 0);
    notify_one(&gate);
    run();
    assert_int_equal(freed, 1);
    assert_int_equal(freed_value, 9);
    assert_int_equal(count_tasks(), 0);
}

static void detaching_an_ended_task_frees_its_value_once(void **state)
{
    (void)state;
    struct task_handle worker = spawn_worker(9);
    notify_one(&gate);
    run();
    assert_int_equal(count_tasks(), 1);
    join_detach(worker);
    join_detach(worker);
    assert_int_equal(freed, 1);
    assert_int_equal(count_tasks(), 0);
}

static void detaching_tells_who_joins(void **state)
{
    struct report report = {};

    (void)state;
    struct task_handle worker = spawn_worker(9);
    spawn_joiner(worker, &report);
    run();
    join_detach(worker);
    run();
    assert_true(report.is_ready);
    assert_int_equal(report.error, JOIN_GONE);
}

static void a_dropped_join_leaves_the_task_joinable(void **state)
{
    struct report report = {};

    (void)state;
    struct task_handle worker = spawn_worker(3);
    struct task_handle joiner = spawn_joiner(worker, &report);
    run();
    assert_int_equal(executor_cancel(joiner), CANCEL_REQUESTED);
    run();
    assert_true(executor_is_live(worker));
    notify_one(&gate);
    run();
    spawn_joiner(worker, &report);
    run();
    assert_int_equal(report.error, JOIN_OK);
    assert_int_equal(report.value, 3);
}

static void a_task_that_is_not_joinable_is_gone(void **state)
{
    struct report report = {};
    struct probe_record record = {};

    (void)state;
    spawn_joiner(spawn_probe(&record), &report);
    run();
    assert_int_equal(report.error, JOIN_GONE);
}

static void the_value_of_a_plain_task_is_freed(void **state)
{
    (void)state;
    assert_int_equal(SPAWN(&executor, worker, "worker", 5).error, SPAWN_OK);
    notify_one(&gate);
    run();
    assert_int_equal(freed, 1);
    assert_int_equal(freed_value, 5);
}

static void a_value_of_another_size_panics(void **state)
{
    struct join join;
    struct context context = {.executor = &executor};
    char small;

    (void)state;
    join_init(&join, spawn_worker(1), JOIN_INTO(&small));
    EXPECT_PANIC("result has 4 bytes, into 1", { (void)join_poll(&join, &context); });
}

static void a_poll_after_completion_panics(void **state)
{
    struct join join;
    struct context context = {.executor = &executor};

    (void)state;
    join_init(&join, (struct task_handle){}, JOIN_NOTHING);
    assert_int_equal(join_poll(&join, &context), POLL_READY);
    assert_int_equal(join.error, JOIN_GONE);
    EXPECT_PANIC("polled after completion", { (void)join_poll(&join, &context); });
}

ASYNC_STATIC_FRAME(canceller, struct task_handle task; struct report * report; struct cancel_and_wait cancel;);

static void canceller_init(struct canceller *self, struct task_handle task, struct report *report)
{
    coroutine_init(&self->coroutine);
    self->task = task;
    self->report = report;
}

ASYNC(canceller)
{
    ASYNC_BEGIN;
    AWAIT(cancel_and_wait, &self->cancel, self->task);
    self->report->error = self->cancel.error;
    self->report->value = (int)cleanups;
    self->report->is_ready = true;
    ASYNC_END;
}

static void cancel_and_wait_is_ready_after_the_cleanup(void **state)
{
    struct report report = {};

    (void)state;
    struct task_handle worker = spawn_worker(1);
    run();
    assert_int_equal(SPAWN(&executor, canceller, "canceller", worker, &report).error, SPAWN_OK);
    run();
    assert_true(report.is_ready);
    assert_int_equal(report.error, JOIN_CANCELLED);
    assert_int_equal(report.value, 1);
    assert_int_equal(count_tasks(), 0);
}

static void cancel_and_wait_of_an_ended_task_frees_its_value(void **state)
{
    struct report report = {};

    (void)state;
    struct task_handle worker = spawn_worker(1);
    notify_one(&gate);
    run();
    assert_int_equal(SPAWN(&executor, canceller, "canceller", worker, &report).error, SPAWN_OK);
    run();
    assert_int_equal(report.error, JOIN_OK);
    assert_int_equal(freed, 1);
}

static void a_joinable_spawn_without_memory_changes_nothing(void **state)
{
    (void)state;
    for (unsigned fails = 1; fails <= 2; fails++) {
        heap_double_fail_at(fails);
        assert_int_equal(SPAWN_JOINABLE(&executor, worker, "worker", 1).error, SPAWN_NO_MEMORY);
        assert_int_equal(cleanups, fails - 1);
        assert_int_equal(heap_double_live_blocks(), 0);
    }
}

struct wide_worker {
    _Alignas(128) int result;
};

static void wide_worker_init(struct wide_worker *self)
{
    self->result = 0;
}

static enum poll wide_worker_poll(struct wide_worker *self, struct context *context)
{
    (void)context;
    assert_int_equal((uintptr_t)self % 128, 0);
    self->result = 77;
    return POLL_READY;
}

static void wide_worker_drop(struct wide_worker *self)
{
    (void)self;
}

FUTURE_TYPE(wide_worker, FUTURE_RESULT(wide_worker));

static void a_joinable_frame_is_aligned_as_its_type_asks(void **state)
{
    struct report report = {};
    struct spawn_result wide = SPAWN_JOINABLE(&executor, wide_worker, "wide");

    (void)state;
    assert_int_equal(wide.error, SPAWN_OK);
    spawn_joiner(wide.task, &report);
    run();
    assert_int_equal(report.value, 77);
    assert_int_equal(heap_double_live_blocks(), 1); /* the slab of headers */
}

#define JOIN_TEST(function) cmocka_unit_test_setup_teardown(function, setup, task_test_teardown)

static struct task_handle joined_twice;
static enum poll second_poll;

static void join_twice(struct probe_record *record, struct context *context)
{
    static struct join first, second;

    if (record->polls > 1)
        return;
    join_init(&first, joined_twice, JOIN_NOTHING);
    join_init(&second, joined_twice, JOIN_NOTHING);
    assert_int_equal(join_poll(&first, context), POLL_PENDING);
    second_poll = join_poll(&second, context);
    assert_int_equal(second.error, JOIN_TAKEN);
    join_drop(&first);
}

static void of_two_joins_in_one_task_the_second_is_refused(void **state)
{
    struct probe_record parent = {.in_poll = join_twice};

    (void)state;
    second_poll = POLL_PENDING;
    joined_twice = spawn_worker(1);
    spawn_probe(&parent);
    run();
    assert_int_equal(second_poll, POLL_READY);
    join_detach(joined_twice);
}

/* The clone that polled the join first is gone: the other one's task polls the same join. */
static void a_join_goes_on_in_another_task(void **state)
{
    struct spawn_result clones[2];
    struct shared shared;
    struct join join;

    (void)state;
    join_init(&join, spawn_worker(1), JOIN_NOTHING);
    shared_init(&shared, DYN_FUTURE(join, &join));
    for (unsigned i = 0; i < 2; i++) {
        clones[i] = SPAWN(&executor, shared_clone, NULL, &shared);
        assert_int_equal(clones[i].error, SPAWN_OK);
    }
    run();
    assert_int_equal(executor_cancel(clones[0].task), CANCEL_REQUESTED);
    run();
    assert_true(executor_is_live(clones[1].task));
    notify_one(&gate);
    run();
    assert_false(executor_is_live(clones[1].task));
    assert_int_equal(join.error, JOIN_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        JOIN_TEST(a_join_waits_and_gets_the_value),
        JOIN_TEST(a_task_that_has_ended_keeps_its_value),
        JOIN_TEST(the_second_join_of_a_task_finds_it_gone),
        JOIN_TEST(a_second_join_is_refused_while_the_first_waits),
        JOIN_TEST(a_cancelled_task_has_no_value),
        JOIN_TEST(detaching_a_running_task_lets_it_run_and_frees_its_value_once),
        JOIN_TEST(detaching_an_ended_task_frees_its_value_once),
        JOIN_TEST(detaching_tells_who_joins),
        JOIN_TEST(a_dropped_join_leaves_the_task_joinable),
        JOIN_TEST(a_task_that_is_not_joinable_is_gone),
        JOIN_TEST(the_value_of_a_plain_task_is_freed),
        JOIN_TEST(a_value_of_another_size_panics),
        JOIN_TEST(a_poll_after_completion_panics),
        JOIN_TEST(cancel_and_wait_is_ready_after_the_cleanup),
        JOIN_TEST(cancel_and_wait_of_an_ended_task_frees_its_value),
        JOIN_TEST(a_joinable_spawn_without_memory_changes_nothing),
        JOIN_TEST(a_joinable_frame_is_aligned_as_its_type_asks),
        JOIN_TEST(of_two_joins_in_one_task_the_second_is_refused),
        JOIN_TEST(a_join_goes_on_in_another_task),
    };

    return cmocka_run_group_tests_name("join", tests, NULL, NULL);
}
