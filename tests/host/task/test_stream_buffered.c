/* SPDX-License-Identifier: MIT */
#include "task_test.h"

#include <string.h>
#include <tenorite/task/generator.h>
#include <tenorite/task/stream_adapters.h>
#include <tenorite/task/stream_buffered.h>
#include <tenorite/task/stream_fold.h>
#include <tenorite/task/yield.h>

enum { PAGES = 6, AT_ONCE = 3 };

static struct context polling = {.executor = &executor};
static unsigned is_running[PAGES], running, most_running, finished_order[PAGES], finished, cleanups;

/* Page numbers from 0 on. */
GENERATOR_STATIC_FRAME(unsigned, pages, unsigned i;);

static void pages_init(struct pages *self)
{
    coroutine_init(&self->coroutine);
}

GENERATOR(pages)
{
    ASYNC_BEGIN;
    for (self->i = 0; self->i < PAGES; self->i++)
        YIELD(self->i);
    ASYNC_END;
}

/* Takes the longer the smaller the page's number is, so that later pages are there first. */
ASYNC_STATIC_FRAME_OF(unsigned, fetch, unsigned page; unsigned yields; struct yield yield;);

static void fetch_init(struct fetch *self, unsigned page)
{
    coroutine_init(&self->coroutine);
    self->page = page;
    self->yields = PAGES - page;
}

ASYNC(fetch)
{
    ASYNC_BEGIN;
    is_running[self->page] = 1;
    running++;
    if (running > most_running)
        most_running = running;
    while (self->yields--)
        AWAIT(yield, &self->yield);
    self->result = 100 + self->page;
    finished_order[finished++] = self->page;
    ASYNC_CLEANUP;
    running--;
    cleanups++;
    ASYNC_END;
}

BUFFERED_STREAM(fetched, pages, fetch, fetch_init, AT_ONCE);

static void fetched_init(struct fetched *self)
{
    pages_init(fetched_source(self));
}

static struct fetched fetched;

static int buffered_setup(void **state)
{
    int result = task_test_setup(state);

    memset(is_running, 0, sizeof(is_running));
    running = most_running = finished = cleanups = 0;
    executor.budget = POLL_BUDGET;
    fetched_init(&fetched);
    return result;
}

#define BUFFERED_TEST(function) cmocka_unit_test_setup_teardown(function, buffered_setup, task_test_teardown)

static void results_come_in_order_though_several_run_at_once(void **state)
{
    unsigned count = 0;
    enum next next;

    (void)state;
    while ((next = fetched_next(&fetched, &polling)) != NEXT_END) {
        if (next == NEXT_ITEM)
            assert_int_equal(fetched.item, 100 + count++);
        assert_true(running <= AT_ONCE);
    }
    assert_int_equal(count, PAGES);
    assert_int_equal(most_running, AT_ONCE);
    assert_int_equal(finished_order[0], 2);
    assert_int_equal(cleanups, PAGES);
}

static void it_starts_no_more_than_fit(void **state)
{
    (void)state;
    assert_int_equal(fetched_next(&fetched, &polling), NEXT_PENDING);
    assert_true(is_running[0] && is_running[1] && is_running[2] && !is_running[3]);
    assert_int_equal(fetched_size_hint(&fetched).least, 3);
    assert_int_equal(fetched_size_hint(&fetched).most, SIZE_MAX);
    fetched_drop(&fetched);
}

static void once_the_source_has_ended_only_what_runs_is_to_come(void **state)
{
    struct buffered buffered = {.has_source_ended = true, .count = 2};

    (void)state;
    assert_int_equal(buffered_size_hint(&buffered, SIZE_HINT_UNKNOWN).most, 2);
}

static void dropping_drops_what_runs_and_the_source(void **state)
{
    (void)state;
    assert_int_equal(fetched_next(&fetched, &polling), NEXT_PENDING);
    fetched_drop(&fetched);
    fetched_drop(&fetched);
    assert_int_equal(cleanups, AT_ONCE);
    assert_int_equal(running, 0);
    assert_true(coroutine_has_ended(&fetched.source.coroutine));
    assert_int_equal(fetched_next(&fetched, &polling), NEXT_END);
}

static void one_that_was_moved_panics(void **state)
{
    struct fetched moved;

    (void)state;
    assert_int_equal(fetched_next(&fetched, &polling), NEXT_PENDING);
    memcpy(&moved, &fetched, sizeof(moved));
    EXPECT_PANIC("must not move", { (void)fetched_next(&moved, &polling); });
    EXPECT_PANIC("must not move", { fetched_drop(&moved); });
    fetched_drop(&fetched);
}

static unsigned add(unsigned sum, unsigned item)
{
    return sum + item;
}

FOLD_FUTURE(fetch_sum, fetched, unsigned, add);

static unsigned sum_of_task;

ASYNC_STATIC_FRAME(fetch_all, struct fetch_sum sum;);

static void fetch_sum_init(struct fetch_sum *self)
{
    fetched_init(fetch_sum_source(self, 0));
}

static void fetch_all_init(struct fetch_all *self)
{
    coroutine_init(&self->coroutine);
}

ASYNC(fetch_all)
{
    ASYNC_BEGIN;
    AWAIT(fetch_sum, &self->sum);
    sum_of_task = self->sum.result;
    ASYNC_END;
}

static void it_runs_in_a_task_by_wakes_alone(void **state)
{
    (void)state;
    assert_int_equal(SPAWN(&executor, fetch_all, NULL).error, SPAWN_OK);
    run();
    assert_int_equal(sum_of_task, 615);
    assert_int_equal(count_tasks(), 0);
}

static unsigned shown;

static void count(struct tracer *tracer, const struct future_type *type, const void *future)
{
    (void)tracer;
    (void)future;
    shown += strcmp(type->name, "yield") == 0;
}

static void a_trace_shows_those_that_run(void **state)
{
    struct tracer tracer;

    (void)state;
    tracer_init(&tracer, count);
    shown = 0;
    assert_int_equal(fetched_next(&fetched, &polling), NEXT_PENDING);
    future_trace(&fetched_stream.future, &fetched, &tracer);
    assert_int_equal(shown, AT_ONCE);
    fetched_drop(&fetched);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BUFFERED_TEST(results_come_in_order_though_several_run_at_once),
        BUFFERED_TEST(it_starts_no_more_than_fit),
        BUFFERED_TEST(once_the_source_has_ended_only_what_runs_is_to_come),
        BUFFERED_TEST(dropping_drops_what_runs_and_the_source),
        BUFFERED_TEST(one_that_was_moved_panics),
        BUFFERED_TEST(it_runs_in_a_task_by_wakes_alone),
        BUFFERED_TEST(a_trace_shows_those_that_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
