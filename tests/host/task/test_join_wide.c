/* SPDX-License-Identifier: MIT */
#include "task_test.h"

#include <string.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/join_wide.h>

enum { WIDTH = 1000 };

enum job_error { JOB_OK, JOB_REFUSED = 4 };

/* Ready at the poll that its record names; leaves its own number, or an error. */
struct job {
    struct probe_record *record;
    unsigned result;
    enum job_error error;
};

static struct probe_record records[WIDTH];
static struct job jobs[WIDTH];
static struct dyn_future futures[WIDTH];
static struct join_group groups[WIDTH];

static void job_init(struct job *self, struct probe_record *record)
{
    self->record = record;
    self->error = JOB_OK;
    self->result = 0;
}

static enum poll job_poll(struct job *self, struct context *context)
{
    self->record->polls++;
    self->record->waker = context->waker;
    if (self->record->in_poll)
        self->record->in_poll(self->record, context);
    if (self->record->polls != self->record->ready_at_poll)
        return POLL_PENDING;
    self->result = (unsigned)(self->record - records);
    return POLL_READY;
}

static void job_drop(struct job *self)
{
    self->record->drops++;
}

FUTURE_TYPE(job, FUTURE_RESULT(job));

static int wide_setup(void **state)
{
    memset(records, 0, sizeof(records));
    for (unsigned i = 0; i < WIDTH; i++) {
        records[i].ready_at_poll = 2;
        futures[i] = TRY_START(job, &jobs[i], &records[i]);
    }
    return task_test_setup(state);
}

#define WIDE_TEST(function) cmocka_unit_test_setup_teardown(function, wide_setup, task_test_teardown)

/* The task that waits, and what it saw. */
static struct {
    unsigned cleanups;
    bool has_ended;
    enum spawn_error spawn_error;
    unsigned error, failed, cancelled, sum;
} seen;

ASYNC_STATIC_FRAME(waiter, uint32_t count; uint32_t group_count; struct join_wide join;);

static void waiter_init(struct waiter *self, uint32_t count, uint32_t group_count)
{
    coroutine_init(&self->coroutine);
    self->count = count;
    self->group_count = group_count;
    memset(&seen, 0, sizeof(seen));
}

ASYNC(waiter)
{
    ASYNC_BEGIN;
    AWAIT(join_wide, &self->join, future_set(futures, self->count, FUTURES_FAIR), groups, self->group_count);
    seen.has_ended = true;
    seen.spawn_error = self->join.spawn_error;
    seen.error = self->join.error;
    seen.failed = self->join.failed;
    seen.cancelled = self->join.cancelled;
    for (uint32_t i = 0; i < self->count; i++)
        seen.sum += jobs[i].result;
    ASYNC_CLEANUP;
    seen.cleanups++;
    ASYNC_END;
}

static struct task_handle spawn_waiter_in_groups(uint32_t count, uint32_t group_count)
{
    struct spawn_result result = SPAWN(&executor, waiter, NULL, count, group_count);

    assert_int_equal(result.error, SPAWN_OK);
    return result.task;
}

/* As many groups as futures. */
static struct task_handle spawn_waiter(uint32_t count)
{
    return spawn_waiter_in_groups(count, count ? count : 1);
}

static void alone_in_its_group_a_wake_polls_the_one_future_that_it_is_for(void **state)
{
    (void)state;
    spawn_waiter(WIDTH);
    run();
    assert_int_equal(executor.statistics.polls, 1 + WIDTH);
    for (unsigned i = 0; i < WIDTH; i++) {
        waker_wake(records[i].waker);
        waker_wake(records[i].waker);
        run();
        assert_int_equal(records[i].polls, 2);
        assert_int_equal(seen.has_ended, i == WIDTH - 1);
    }
    assert_int_equal(executor.statistics.polls, 2 + 2 * WIDTH);
    assert_int_equal(seen.sum, WIDTH * (WIDTH - 1) / 2);
    assert_int_equal(seen.error + seen.cancelled + seen.spawn_error, 0);
    assert_int_equal(count_tasks(), 0);
}

static void in_groups_a_wake_polls_the_group(void **state)
{
    (void)state;
    for (unsigned i = 0; i < WIDTH; i++)
        records[i].ready_at_poll = 0;
    spawn_waiter_in_groups(WIDTH, JOIN_GROUPS(WIDTH));
    run();
    assert_int_equal(count_tasks(), 1 + 16);
    assert_int_equal(executor.statistics.polls, 1 + 16);
    waker_wake(records[WIDTH - 1].waker);
    waker_wake(records[WIDTH - 2].waker);
    run();
    assert_int_equal(executor.statistics.polls, 1 + 16 + 1);
    assert_int_equal(records[WIDTH - 1].polls, 2);
    assert_int_equal(records[15 * 63].polls, 2);
    assert_int_equal(records[15 * 63 - 1].polls, 1);
    assert_int_equal(records[0].polls, 1);
}

static void in_groups_all_end_in_any_order(void **state)
{
    (void)state;
    for (unsigned i = 0; i < WIDTH; i++)
        records[i].ready_at_poll = 1 + i % 3;
    spawn_waiter_in_groups(WIDTH, 20);
    run();
    for (unsigned pass = 0; pass < 2; pass++) {
        for (unsigned i = WIDTH; i-- > 0;)
            waker_wake(records[i].waker);
        run();
    }
    assert_true(seen.has_ended);
    assert_int_equal(seen.sum, WIDTH * (WIDTH - 1) / 2);
    assert_int_equal(count_tasks(), 0);
}

static void an_error_in_a_group_names_the_future(void **state)
{
    (void)state;
    jobs[77].error = JOB_REFUSED;
    spawn_waiter_in_groups(100, 3);
    run();
    for (unsigned i = 0; i < 100; i++)
        waker_wake(records[i].waker);
    run();
    assert_int_equal(seen.error, JOB_REFUSED);
    assert_int_equal(seen.failed, 77);
    assert_int_equal(count_tasks(), 0);
}

static void more_groups_than_futures_are_empty(void **state)
{
    (void)state;
    records[0].ready_at_poll = records[1].ready_at_poll = records[2].ready_at_poll = 1;
    spawn_waiter_in_groups(3, 10);
    run();
    assert_true(seen.has_ended);
    assert_int_equal(seen.sum, 3);
}

static void too_few_groups_panic(void **state)
{
    struct join_wide join;

    (void)state;
    EXPECT_PANIC("at most 64", { join_wide_init(&join, FUTURE_SET(futures), groups, 15); });
}

static void dropping_while_groups_are_queued_leaves_nothing_behind(void **state)
{
    struct task_handle waiter = spawn_waiter(10);

    (void)state;
    run();
    assert_int_equal(executor_cancel(waiter), CANCEL_REQUESTED);
    for (unsigned i = 0; i < 10; i++)
        waker_wake(records[i].waker);
    run();
    for (unsigned i = 0; i < 10; i++) {
        assert_int_equal(records[i].polls, 1);
        assert_int_equal(records[i].drops, 1);
    }
    assert_int_equal(count_tasks(), 0);
}

static void places_without_a_future_count_as_ended(void **state)
{
    (void)state;
    futures[0] = futures[2] = NO_FUTURE;
    records[1].ready_at_poll = 1;
    spawn_waiter(3);
    run();
    assert_true(seen.has_ended);
    assert_int_equal(records[0].polls + records[2].polls, 0);
}

static void an_empty_join_is_ready_at_once(void **state)
{
    (void)state;
    spawn_waiter(0);
    run();
    assert_true(seen.has_ended);
}

static void dropping_the_join_drops_what_has_not_ended_at_once(void **state)
{
    struct task_handle waiter = spawn_waiter(WIDTH);

    (void)state;
    records[7].ready_at_poll = 1;
    run();
    assert_int_equal(count_tasks(), WIDTH);
    assert_int_equal(executor_cancel(waiter), CANCEL_REQUESTED);
    run();
    assert_int_equal(seen.cleanups, 1);
    assert_false(seen.has_ended);
    for (unsigned i = 0; i < WIDTH; i++)
        assert_int_equal(records[i].drops, i == 7 ? 0 : 1);
    assert_int_equal(count_tasks(), 0);
    for (unsigned i = 0; i < WIDTH; i++)
        waker_wake(records[i].waker);
    run();
    assert_int_equal(records[3].polls, 1);
}

static void a_join_that_was_never_polled_drops_its_children(void **state)
{
    struct join_wide join;

    (void)state;
    join_wide_init(&join, future_set(futures, 3, FUTURES_FAIR), groups, 3);
    join_wide_drop(&join);
    join_wide_drop(&join);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(records[i].drops, 1);
}

static void refuse(struct probe_record *record, struct context *context)
{
    (void)context;
    if (record->polls == 2)
        jobs[record - records].error = JOB_REFUSED;
}

static void the_first_error_drops_the_rest_and_goes_out(void **state)
{
    (void)state;
    records[5].in_poll = records[6].in_poll = refuse;
    spawn_waiter(10);
    run();
    waker_wake(records[5].waker);
    waker_wake(records[6].waker);
    run();
    assert_true(seen.has_ended);
    assert_int_equal(seen.error, JOB_REFUSED);
    assert_int_equal(seen.failed, 5);
    for (unsigned i = 0; i < 10; i++)
        assert_int_equal(records[i].drops, i == 5 || i == 6 ? 0 : 1);
    assert_int_equal(seen.cancelled, 0);
    assert_int_equal(count_tasks(), 0);
}

static void without_memory_all_children_are_dropped_and_the_error_says_so(void **state)
{
    (void)state;
    spawn_waiter(WIDTH);
    heap_double_fail_at(3);
    run();
    assert_true(seen.has_ended);
    assert_int_equal(seen.spawn_error, SPAWN_NO_MEMORY);
    for (unsigned i = 0; i < WIDTH; i++) {
        assert_int_equal(records[i].polls, 0);
        assert_int_equal(records[i].drops, 1);
    }
    assert_int_equal(count_tasks(), 0);
}

static void a_group_that_somebody_cancels_is_counted(void **state)
{
    (void)state;
    spawn_waiter(2);
    run();
    assert_int_equal(executor_cancel(groups[1].task), CANCEL_REQUESTED);
    run();
    assert_false(seen.has_ended);
    waker_wake(records[0].waker);
    run();
    assert_true(seen.has_ended);
    assert_int_equal(seen.cancelled, 1);
    assert_int_equal(records[1].drops, 1);
}

static void a_join_that_was_moved_panics(void **state)
{
    struct context polling = {.executor = &executor};
    struct join_wide here, there;

    (void)state;
    join_wide_init(&here, future_set(futures, 2, FUTURES_FAIR), groups, 2);
    assert_int_equal(join_wide_poll(&here, &polling), POLL_PENDING);
    memcpy(&there, &here, sizeof(there));
    EXPECT_PANIC("must not move", { (void)join_wide_poll(&there, &polling); });
    EXPECT_PANIC("must not move", { join_wide_drop(&there); });
    join_wide_drop(&here);
}

static void a_poll_after_completion_panics(void **state)
{
    struct context polling = {.executor = &executor};
    struct join_wide join;

    (void)state;
    join_wide_init(&join, future_set(futures, 0, FUTURES_FAIR), groups, 1);
    assert_int_equal(join_wide_poll(&join, &polling), POLL_READY);
    EXPECT_PANIC("polled after completion", { (void)join_wide_poll(&join, &polling); });
}

static unsigned jobs_shown;

static void count_jobs(struct tracer *tracer, const struct future_type *type, const void *future)
{
    (void)future;
    jobs_shown += tracer->depth == 1 && strcmp(type->name, "job") == 0;
}

static void a_trace_shows_the_children_that_have_not_ended(void **state)
{
    struct context polling = {.executor = &executor};
    struct join_wide join;
    struct tracer tracer;

    (void)state;
    tracer_init(&tracer, count_jobs);
    jobs_shown = 0;
    records[1].ready_at_poll = 1;
    join_wide_init(&join, future_set(futures, 3, FUTURES_FAIR), groups, 3);
    assert_int_equal(join_wide_poll(&join, &polling), POLL_PENDING);
    run();
    future_trace(&join_wide_type, &join, &tracer);
    assert_int_equal(jobs_shown, 2);
    join_wide_drop(&join);
    future_trace(&join_wide_type, &join, &tracer);
    assert_int_equal(jobs_shown, 2);
}

/* Trap 8: children that always wake themselves, and a bystander who is polled as often as each of them. */
static unsigned polls_of_bystander;

static void wake_self(struct probe_record *record, struct context *context)
{
    waker_wake(context->waker);
    if (record == &records[WIDTH - 1])
        assert_in_range(polls_of_bystander + 1, record->polls, record->polls + 1);
}

static void count_and_wake(struct probe_record *record, struct context *context)
{
    polls_of_bystander = record->polls;
    waker_wake(context->waker);
}

static void children_that_always_wake_themselves_let_a_bystander_run(void **state)
{
    struct probe_record bystander = {.in_poll = count_and_wake, .ready_at_poll = 20};

    (void)state;
    polls_of_bystander = 0;
    for (unsigned i = 0; i < WIDTH; i++) {
        records[i].ready_at_poll = 20;
        records[i].in_poll = wake_self;
    }
    spawn_waiter(WIDTH);
    spawn_probe(&bystander);
    run();
    assert_true(seen.has_ended);
    assert_int_equal(polls_of_bystander, 20);
}

static void a_join_of_nothing_needs_no_group(void **state)
{
    struct context polling = {.executor = &executor};
    struct join_wide join;

    (void)state;
    join_wide_init(&join, future_set(futures, 0, FUTURES_FAIR), groups, JOIN_GROUPS(0));
    assert_int_equal(join_wide_poll(&join, &polling), POLL_READY);
    EXPECT_PANIC("no groups", { join_wide_init(&join, FUTURE_SET(futures), groups, 0); });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WIDE_TEST(alone_in_its_group_a_wake_polls_the_one_future_that_it_is_for),
        WIDE_TEST(in_groups_a_wake_polls_the_group),
        WIDE_TEST(in_groups_all_end_in_any_order),
        WIDE_TEST(an_error_in_a_group_names_the_future),
        WIDE_TEST(more_groups_than_futures_are_empty),
        WIDE_TEST(too_few_groups_panic),
        WIDE_TEST(dropping_while_groups_are_queued_leaves_nothing_behind),
        WIDE_TEST(places_without_a_future_count_as_ended),
        WIDE_TEST(an_empty_join_is_ready_at_once),
        WIDE_TEST(dropping_the_join_drops_what_has_not_ended_at_once),
        WIDE_TEST(a_join_that_was_never_polled_drops_its_children),
        WIDE_TEST(the_first_error_drops_the_rest_and_goes_out),
        WIDE_TEST(without_memory_all_children_are_dropped_and_the_error_says_so),
        WIDE_TEST(a_group_that_somebody_cancels_is_counted),
        WIDE_TEST(a_join_that_was_moved_panics),
        WIDE_TEST(a_poll_after_completion_panics),
        WIDE_TEST(a_trace_shows_the_children_that_have_not_ended),
        WIDE_TEST(children_that_always_wake_themselves_let_a_bystander_run),
        WIDE_TEST(a_join_of_nothing_needs_no_group),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
