/* SPDX-License-Identifier: MIT */
#include "task_test.h"

#include <string.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/sleep.h>
#include <tenorite/task/task_accounts.h>

static uint64_t poll_lasts_ns;

static void let_time_pass(struct probe_record *record, struct context *context)
{
    (void)record;
    (void)context;
    clock_double_advance_ns(poll_lasts_ns);
}

static struct task_account account_of(struct task_handle task)
{
    struct task_account account;

    assert_true(executor_account_of(task, &account));
    return account;
}

static void nothing_is_counted_while_it_is_off(void **state)
{
    struct probe_record record = {};
    struct task_account account;

    (void)state;
    struct task_handle task = spawn_probe(&record);
    run();
    assert_false(executor_account_of(task, &account));
    executor_accounts_stop(&executor);
    assert_false(executor_account_of(task, &account));
}

static void polls_and_their_time_are_counted(void **state)
{
    struct probe_record record = {.in_poll = let_time_pass};

    (void)state;
    struct task_handle task = spawn_probe(&record);
    assert_int_equal(executor_accounts_start(&executor), ACCOUNTS_OK);
    poll_lasts_ns = 30;
    run();
    poll_lasts_ns = 70;
    waker_wake(record.waker);
    run();
    poll_lasts_ns = 10;
    wake_in_handler(record.waker);
    wake_in_handler(record.waker);
    run();
    assert_int_equal(account_of(task).polls, 3);
    assert_int_equal(account_of(task).wakes, 3);
    assert_int_equal(account_of(task).total_poll_ns, 110);
    assert_int_equal(account_of(task).longest_poll_ns, 70);
}

static void starting_again_counts_from_zero(void **state)
{
    struct probe_record record = {};

    (void)state;
    struct task_handle task = spawn_probe(&record);
    assert_int_equal(executor_accounts_start(&executor), ACCOUNTS_OK);
    run();
    assert_int_equal(executor_accounts_start(&executor), ACCOUNTS_OK);
    assert_int_equal(account_of(task).polls, 0);
}

static void tasks_spawned_later_are_counted_too(void **state)
{
    enum { MANY = 500 };
    static struct probe_record records[MANY];
    static struct task_handle tasks[MANY];

    (void)state;
    memset(records, 0, sizeof(records));
    assert_int_equal(executor_accounts_start(&executor), ACCOUNTS_OK);
    for (unsigned i = 0; i < MANY; i++)
        tasks[i] = spawn_probe(&records[i]);
    run();
    for (unsigned i = 0; i < MANY; i += 7)
        waker_wake(records[i].waker);
    run();
    for (unsigned i = 0; i < MANY; i++)
        assert_int_equal(account_of(tasks[i]).polls, i % 7 == 0 ? 2 : 1);
}

static void a_slots_next_task_begins_at_zero(void **state)
{
    struct probe_record ends = {.ready_at_poll = 1}, follows = {};
    struct task_account account;

    (void)state;
    assert_int_equal(executor_accounts_start(&executor), ACCOUNTS_OK);
    struct task_handle first = spawn_probe(&ends);
    run();
    assert_false(executor_account_of(first, &account));
    struct task_handle second = spawn_probe(&follows);
    assert_int_equal(account_of(second).polls, 0);
    assert_int_equal(account_of(second).wakes, 0);
}

static void stopping_gives_the_memory_back(void **state)
{
    struct probe_record record = {};

    (void)state;
    spawn_probe(&record);
    size_t before = heap_double_live_blocks();
    assert_int_equal(executor_accounts_start(&executor), ACCOUNTS_OK);
    assert_true(heap_double_live_blocks() > before);
    executor_accounts_stop(&executor);
    assert_int_equal(heap_double_live_blocks(), before);
}

static void without_memory_everything_stays_as_it_was(void **state)
{
    struct probe_record record = {};

    (void)state;
    struct task_handle task = spawn_probe(&record);
    for (unsigned nth = 1; nth <= 2; nth++) {
        size_t before = heap_double_live_blocks();

        heap_double_fail_at(nth);
        assert_int_equal(executor_accounts_start(&executor), ACCOUNTS_NO_MEMORY);
        assert_int_equal(heap_double_live_blocks(), before);
    }
    assert_int_equal(executor_accounts_start(&executor), ACCOUNTS_OK);
    run();
    heap_double_fail_at(1);
    assert_int_equal(executor_accounts_start(&executor), ACCOUNTS_NO_MEMORY);
    assert_int_equal(account_of(task).polls, 1);
}

/* Memory for frames and headers, but not for accounts. */
static void tasks_without_an_account_run_all_the_same(void **state)
{
    enum { MANY = 100 };
    static struct probe_record records[MANY];
    struct task_account account;

    (void)state;
    memset(records, 0, sizeof(records));
    assert_int_equal(executor_accounts_start(&executor), ACCOUNTS_OK);
    heap_double_fail_at(3);
    struct task_handle uncounted = spawn_probe(&records[0]);
    assert_false(executor_account_of(uncounted, &account));
    for (unsigned i = 1; i < MANY; i++)
        spawn_probe(&records[i]);
    run();
    assert_int_equal(records[0].polls, 1);
    assert_int_equal(records[MANY - 1].polls, 1);
}

static void stop_accounts(struct probe_record *record, struct context *context)
{
    (void)record;
    executor_accounts_stop(context->executor);
}

static void a_poll_may_turn_it_off(void **state)
{
    struct probe_record record = {.in_poll = stop_accounts};
    struct task_account account;

    (void)state;
    struct task_handle task = spawn_probe(&record);
    assert_int_equal(executor_accounts_start(&executor), ACCOUNTS_OK);
    run();
    assert_int_equal(record.polls, 1);
    assert_false(executor_account_of(task, &account));
}

static char chain[64];

static void write_down(struct tracer *tracer, const struct future_type *type, const void *future)
{
    (void)tracer;
    (void)future;
    strcat(chain, type->name);
    strcat(chain, " ");
}

static const char *chain_of(struct task_handle task)
{
    struct tracer tracer;

    chain[0] = '\0';
    tracer_init(&tracer, write_down);
    assert_true(executor_trace(task, &tracer));
    return chain;
}

ASYNC_STATIC_FRAME(napper, struct sleep sleep;);

static void napper_init(struct napper *self)
{
    coroutine_init(&self->coroutine);
}

ASYNC(napper)
{
    ASYNC_BEGIN;
    assert_string_equal(chain_of((struct task_handle){context->waker.bits}), "napper ");
    AWAIT(sleep, &self->sleep, SECONDS(1));
    ASYNC_END;
}

static void a_trace_of_a_task_shows_its_await_chain(void **state)
{
    struct tracer tracer;

    (void)state;
    struct task_handle task = SPAWN(&executor, napper, NULL).task;
    assert_string_equal(chain_of(task), "napper ");
    run();
    assert_string_equal(chain_of(task), "napper sleep ");
    assert_int_equal(executor_cancel(task), CANCEL_REQUESTED);
    run();
    tracer_init(&tracer, write_down);
    assert_false(executor_trace(task, &tracer));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TASK_TEST(nothing_is_counted_while_it_is_off),
        TASK_TEST(polls_and_their_time_are_counted),
        TASK_TEST(starting_again_counts_from_zero),
        TASK_TEST(tasks_spawned_later_are_counted_too),
        TASK_TEST(a_slots_next_task_begins_at_zero),
        TASK_TEST(stopping_gives_the_memory_back),
        TASK_TEST(without_memory_everything_stays_as_it_was),
        TASK_TEST(tasks_without_an_account_run_all_the_same),
        TASK_TEST(a_poll_may_turn_it_off),
        TASK_TEST(a_trace_of_a_task_shows_its_await_chain),
    };

    return cmocka_run_group_tests_name("task_accounts", tests, NULL, NULL);
}
