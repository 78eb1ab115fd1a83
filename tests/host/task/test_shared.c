/* SPDX-License-Identifier: MIT */
#include "task_test.h"

#include <string.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/doorbell.h>
#include <tenorite/task/shared.h>

enum { CLONES = 3 };

static struct context polling = {.executor = &executor};
static struct probe_record record;
static struct probe probe;
static struct shared shared;
static struct shared_clone clones[CLONES];

static int shared_setup(void **state)
{
    int result = task_test_setup(state);

    record = (struct probe_record){};
    shared_init(&shared, START(probe, &probe, &record));
    for (unsigned i = 0; i < CLONES; i++)
        shared_clone_init(&clones[i], &shared);
    return result;
}

#define SHARED_TEST(function) cmocka_unit_test_setup_teardown(function, shared_setup, task_test_teardown)

/* A task that waits for a value which another one will have, and writes it down. */
ASYNC_STATIC_FRAME_OF(unsigned, lookup, struct doorbell *doorbell; struct doorbell_wait wait;);

static void lookup_init(struct lookup *self, struct doorbell *doorbell)
{
    coroutine_init(&self->coroutine);
    self->doorbell = doorbell;
}

static unsigned lookups;

ASYNC(lookup)
{
    ASYNC_BEGIN;
    AWAIT(doorbell_wait, &self->wait, self->doorbell);
    self->result = 42 + lookups++;
    ASYNC_END;
}

static struct lookup source;
static struct doorbell answer;
static unsigned seen[CLONES];

ASYNC_STATIC_FRAME(reader, unsigned index; struct shared_clone clone;);

static void reader_init(struct reader *self, unsigned index)
{
    coroutine_init(&self->coroutine);
    self->index = index;
}

ASYNC(reader)
{
    ASYNC_BEGIN;
    AWAIT(shared_clone, &self->clone, &shared);
    seen[self->index] = source.result;
    ASYNC_END;
}

static struct task_handle spawn_reader(unsigned index)
{
    struct spawn_result result = SPAWN(&executor, reader, NULL, index);

    assert_int_equal(result.error, SPAWN_OK);
    return result.task;
}

static void share_lookup(void)
{
    lookups = 0;
    answer = (struct doorbell){};
    memset(seen, 0, sizeof(seen));
    shared_init(&shared, START(lookup, &source, &answer));
}

/* Case 41. */
static void all_clones_get_the_result_of_one_run(void **state)
{
    (void)state;
    share_lookup();
    for (unsigned i = 0; i < CLONES; i++)
        spawn_reader(i);
    run();
    doorbell_ring(&answer);
    run();
    for (unsigned i = 0; i < CLONES; i++)
        assert_int_equal(seen[i], 42);
    assert_int_equal(lookups, 1);
    assert_int_equal(count_tasks(), 0);
}

static void a_late_clone_is_ready_at_once(void **state)
{
    (void)state;
    record.ready_at_poll = 1;
    for (unsigned i = 0; i < CLONES; i++)
        assert_int_equal(shared_clone_poll(&clones[i], &polling), POLL_READY);
    assert_int_equal(record.polls, 1);
    assert_true(shared_has_ended(&shared));
    EXPECT_PANIC("shared_clone", { (void)shared_clone_poll(&clones[0], &polling); });
}

/* The source knows the waker of the last poller; when that one gives up another has to take over. */
static void cancelling_the_clone_that_polls_hands_the_source_on(void **state)
{
    struct task_handle handles[CLONES];

    (void)state;
    for (unsigned last = 0; last < CLONES; last++) {
        share_lookup();
        for (unsigned i = 0; i < CLONES; i++)
            handles[i] = spawn_reader(i);
        run();
        assert_int_equal(executor_cancel(handles[last]), CANCEL_REQUESTED);
        run();
        doorbell_ring(&answer);
        run();
        for (unsigned i = 0; i < CLONES; i++)
            assert_int_equal(seen[i], i == last ? 0 : 42);
        assert_int_equal(count_tasks(), 0);
    }
}

static void cancelling_and_answering_in_one_pass_loses_nothing(void **state)
{
    struct task_handle last;

    (void)state;
    share_lookup();
    spawn_reader(0);
    last = spawn_reader(1);
    run();
    doorbell_ring(&answer);
    assert_int_equal(executor_cancel(last), CANCEL_REQUESTED);
    run();
    assert_int_equal(seen[0], 42);
    assert_int_equal(seen[1], 0);
    assert_int_equal(count_tasks(), 0);
}

static void drop_second_clone(struct probe_record *of, struct context *context)
{
    (void)of;
    (void)context;
    shared_clone_drop(&clones[1]);
}

static void a_clone_may_be_dropped_while_the_source_is_polled(void **state)
{
    (void)state;
    for (unsigned i = 0; i < CLONES; i++)
        assert_int_equal(shared_clone_poll(&clones[i], &polling), POLL_PENDING);
    assert_int_equal(record.polls, 1);
    record.in_poll = drop_second_clone;
    record.ready_at_poll = 2;
    assert_int_equal(shared_clone_poll(&clones[0], &polling), POLL_READY);
    assert_int_equal(shared_clone_poll(&clones[2], &polling), POLL_READY);
    shared_clone_drop(&clones[1]);
    shared_drop(&shared);
    assert_int_equal(record.drops, 0);
}

/* The clone that was woken to take over gives up as well. */
static void cancelling_the_poller_and_its_successor_hands_the_source_on(void **state)
{
    struct task_handle handles[CLONES];

    (void)state;
    share_lookup();
    for (unsigned i = 0; i < CLONES; i++)
        handles[i] = spawn_reader(i);
    run();
    assert_int_equal(executor_cancel(handles[0]), CANCEL_REQUESTED);
    assert_int_equal(executor_cancel(handles[1]), CANCEL_REQUESTED);
    run();
    doorbell_ring(&answer);
    run();
    assert_int_equal(seen[2], 42);
    assert_int_equal(count_tasks(), 0);
}

static void poll_second_clone(struct probe_record *of, struct context *context)
{
    (void)of;
    (void)shared_clone_poll(&clones[1], context);
}

static void a_source_that_polls_a_clone_of_itself_panics(void **state)
{
    (void)state;
    record.in_poll = poll_second_clone;
    EXPECT_PANIC("probe polls a clone of itself", { (void)shared_clone_poll(&clones[0], &polling); });
}

static void drop_clones_in(const unsigned order[CLONES])
{
    for (unsigned i = 0; i < CLONES; i++) {
        shared_clone_init(&clones[i], &shared);
        assert_int_equal(shared_clone_poll(&clones[i], &polling), POLL_PENDING);
    }
    for (unsigned i = 0; i < CLONES; i++)
        shared_clone_drop(&clones[order[i]]);
    assert_null(shared.first);
    assert_null(shared.last);
}

static void dropping_clones_in_any_order_empties_the_list(void **state)
{
    (void)state;
    drop_clones_in((const unsigned[]){0, 1, 2});
    drop_clones_in((const unsigned[]){2, 1, 0});
    drop_clones_in((const unsigned[]){1, 0, 2});
    drop_clones_in((const unsigned[]){1, 2, 0});
    shared_drop(&shared);
    assert_int_equal(record.drops, 1);
}

static void dropping_a_clone_that_was_never_polled_leaves_the_others(void **state)
{
    (void)state;
    assert_int_equal(shared_clone_poll(&clones[0], &polling), POLL_PENDING);
    shared_clone_drop(&clones[1]);
    assert_ptr_equal(shared.first, &clones[0]);
    assert_ptr_equal(shared.last, &clones[0]);
}

static void dropping_the_source_while_a_clone_waits_panics(void **state)
{
    (void)state;
    assert_int_equal(shared_clone_poll(&clones[0], &polling), POLL_PENDING);
    EXPECT_PANIC("waits", { shared_drop(&shared); });
}

static void a_clone_or_source_that_was_moved_panics(void **state)
{
    struct shared_clone moved;

    (void)state;
    assert_int_equal(shared_clone_poll(&clones[0], &polling), POLL_PENDING);
    memcpy(&moved, &clones[0], sizeof(moved));
    EXPECT_PANIC("must not move", { (void)shared_clone_poll(&moved, &polling); });
    EXPECT_PANIC("must not move", { shared_clone_drop(&moved); });
}

static const struct future_type *deepest;

static void remember(struct tracer *tracer, const struct future_type *type, const void *future)
{
    (void)tracer;
    (void)future;
    deepest = type;
}

static void a_trace_of_a_clone_shows_the_source(void **state)
{
    struct tracer tracer;

    (void)state;
    tracer_init(&tracer, remember);
    future_trace(&shared_clone_type, &clones[1], &tracer);
    assert_string_equal(deepest->name, "probe");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(all_clones_get_the_result_of_one_run),
        SHARED_TEST(a_late_clone_is_ready_at_once),
        SHARED_TEST(cancelling_the_clone_that_polls_hands_the_source_on),
        SHARED_TEST(cancelling_and_answering_in_one_pass_loses_nothing),
        SHARED_TEST(a_clone_may_be_dropped_while_the_source_is_polled),
        SHARED_TEST(cancelling_the_poller_and_its_successor_hands_the_source_on),
        SHARED_TEST(a_source_that_polls_a_clone_of_itself_panics),
        SHARED_TEST(dropping_clones_in_any_order_empties_the_list),
        SHARED_TEST(dropping_a_clone_that_was_never_polled_leaves_the_others),
        SHARED_TEST(dropping_the_source_while_a_clone_waits_panics),
        SHARED_TEST(a_clone_or_source_that_was_moved_panics),
        SHARED_TEST(a_trace_of_a_clone_shows_the_source),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
