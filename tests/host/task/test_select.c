/* SPDX-License-Identifier: MIT */
#include "task_test.h"

#include <string.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/notify.h>
#include <tenorite/task/select.h>
#include <tenorite/task/yield.h>

enum { ROUNDS = 10000 };

static struct context polling = {.executor = &executor};
static struct probe probes[3];
static struct probe_record records[3];
static struct dyn_future two[2], three[3];

static int select_setup(void **state)
{
    memset(records, 0, sizeof(records));
    return task_test_setup(state);
}

#define SELECT_TEST(function) cmocka_unit_test_setup_teardown(function, select_setup, task_test_teardown)

static struct dyn_future probe_ready_at(unsigned index, unsigned poll)
{
    records[index].ready_at_poll = poll;
    return START(probe, &probes[index], &records[index]);
}

static uint32_t race_of_two_ready(enum future_order order)
{
    struct race race;

    memset(records, 0, sizeof(records));
    two[0] = probe_ready_at(0, 1);
    two[1] = probe_ready_at(1, 1);
    race_init(&race, future_set(two, 2, order));
    assert_int_equal(race_poll(&race, &polling), POLL_READY);
    return race.result;
}

static void assert_a_fair_share(unsigned wins, unsigned rounds)
{
    assert_true(wins >= rounds * 40 / 100);
    assert_true(wins <= rounds * 60 / 100);
}

/* Case 31 and trap 15. */
static void of_two_that_are_always_ready_each_wins_its_share(void **state)
{
    unsigned wins = 0;

    (void)state;
    for (unsigned i = 0; i < ROUNDS; i++)
        wins += race_of_two_ready(FUTURES_FAIR);
    assert_a_fair_share(wins, ROUNDS);
}

/* Two of them that take turns: a counter in the place of the draw would show each the same branch for ever. */
static void two_selects_that_take_turns_are_both_fair(void **state)
{
    unsigned wins[2] = {};

    (void)state;
    for (unsigned i = 0; i < ROUNDS; i++)
        wins[i % 2] += race_of_two_ready(FUTURES_FAIR);
    assert_a_fair_share(wins[0], ROUNDS / 2);
    assert_a_fair_share(wins[1], ROUNDS / 2);
}

/* Case 32. */
static void in_order_the_first_always_wins(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(race_of_two_ready(FUTURES_BIASED), 0);
}

static void in_order_a_later_one_wins_when_it_alone_is_ready(void **state)
{
    struct race race;

    (void)state;
    race_init(&race, FUTURES_IN_ORDER(three, probe_ready_at(0, 0), probe_ready_at(1, 3), probe_ready_at(2, 2)));
    assert_int_equal(race_poll(&race, &polling), POLL_PENDING);
    assert_int_equal(race_poll(&race, &polling), POLL_READY);
    assert_int_equal(race.result, 2);
    assert_int_equal(records[0].polls, 2);
    assert_int_equal(records[1].polls, 2);
}

/* Case 33: the loser is gone when the race is ready, before anybody has seen who won. */
static void the_losers_are_dropped_before_the_race_is_ready(void **state)
{
    struct race race;

    (void)state;
    race_init(&race, FUTURES(three, probe_ready_at(0, 0), probe_ready_at(1, 1), probe_ready_at(2, 0)));
    assert_int_equal(race_poll(&race, &polling), POLL_READY);
    assert_int_equal(race.result, 1);
    assert_int_equal(records[0].drops, 1);
    assert_int_equal(records[1].drops, 0);
    assert_int_equal(records[2].drops, 1);
    EXPECT_PANIC("polled after completion", { (void)race_poll(&race, &polling); });
}

static void dropping_a_race_drops_every_branch_once(void **state)
{
    struct race race;

    (void)state;
    race_init(&race, FUTURES(two, probe_ready_at(0, 0), probe_ready_at(1, 0)));
    assert_int_equal(race_poll(&race, &polling), POLL_PENDING);
    race_drop(&race);
    race_drop(&race);
    assert_int_equal(records[0].drops, 1);
    assert_int_equal(records[1].drops, 1);
}

static uint32_t next_ready(struct future_set set)
{
    struct select select;

    select_init(&select, set);
    assert_int_equal(select_poll(&select, &polling), POLL_READY);
    return select.result;
}

/* Case 34: the ended ones are passed over, and when none is left that is the result. */
static void a_select_goes_on_with_those_that_have_not_ended(void **state)
{
    struct future_set set = FUTURES_IN_ORDER(three, probe_ready_at(0, 2), probe_ready_at(1, 1), probe_ready_at(2, 1));

    (void)state;
    assert_int_equal(next_ready(set), 1);
    assert_int_equal(records[0].drops + records[2].drops, 0);
    assert_int_equal(next_ready(set), 0);
    assert_int_equal(next_ready(set), 2);
    assert_int_equal(next_ready(set), SELECT_NONE);
    assert_int_equal(records[0].polls, 2);
    assert_int_equal(records[1].polls, 1);
    assert_int_equal(records[2].polls, 1);
}

/* Case 35. */
static void a_branch_that_is_switched_off_is_not_polled(void **state)
{
    bool is_wanted = false;
    struct future_set set = FUTURES(two, is_wanted ? probe_ready_at(0, 1) : NO_FUTURE, probe_ready_at(1, 1));

    (void)state;
    assert_int_equal(next_ready(set), 1);
    assert_int_equal(records[0].polls, 0);
    assert_int_equal(next_ready(set), SELECT_NONE);
}

/* Case 39. */
static void a_select_of_the_empty_set_has_no_winner(void **state)
{
    struct race race;

    (void)state;
    assert_int_equal(next_ready(future_set(two, 0, FUTURES_FAIR)), SELECT_NONE);
    race_init(&race, future_set(two, 0, FUTURES_FAIR));
    assert_int_equal(race_poll(&race, &polling), POLL_READY);
    assert_int_equal(race.result, SELECT_NONE);
}

static void dropping_a_select_drops_every_branch(void **state)
{
    struct select select;

    (void)state;
    select_init(&select, FUTURES(two, probe_ready_at(0, 0), probe_ready_at(1, 0)));
    assert_int_equal(select_poll(&select, &polling), POLL_PENDING);
    select_drop(&select);
    assert_int_equal(records[0].drops, 1);
    assert_int_equal(records[1].drops, 1);
    future_set_drop(future_set(two, 2, FUTURES_FAIR));
    assert_int_equal(records[0].drops, 1);
}

static void a_select_or_race_that_was_moved_panics(void **state)
{
    struct race here, there;

    (void)state;
    race_init(&here, FUTURES(two, probe_ready_at(0, 0), probe_ready_at(1, 0)));
    assert_int_equal(race_poll(&here, &polling), POLL_PENDING);
    memcpy(&there, &here, sizeof(there));
    EXPECT_PANIC("must not move", { (void)race_poll(&there, &polling); });
    EXPECT_PANIC("must not move", { race_drop(&there); });
    race_drop(&here);
}

/* The loop of select.h: two sources, one of which fires twice as often; the body awaits. */
ASYNC_STATIC_FRAME(listener, struct notify *notifies; struct notify_wait waits[2]; struct yield yield;
                   struct dyn_future sources[2]; struct future_set set; struct select select; unsigned heard[2];);

static void listener_init(struct listener *self, struct notify *notifies)
{
    coroutine_init(&self->coroutine);
    self->notifies = notifies;
    self->set = future_set(self->sources, 0, FUTURES_FAIR);
    self->heard[0] = self->heard[1] = 0;
}

ASYNC(listener)
{
    ASYNC_BEGIN;
    self->set = FUTURES(self->sources, START(notify_wait, &self->waits[0], &self->notifies[0]),
                        START(notify_wait, &self->waits[1], &self->notifies[1]));
    for (;;) {
        AWAIT(select, &self->select, self->set);
        if (self->select.result == SELECT_NONE)
            break;
        self->heard[self->select.result]++;
        if (self->select.result == 0 && self->heard[0] < 3)
            self->sources[0] = START(notify_wait, &self->waits[0], &self->notifies[0]);
        AWAIT(yield, &self->yield);
    }
    ASYNC_CLEANUP;
    future_set_drop(self->set);
    ASYNC_END;
}

static void a_loop_over_select_hears_every_source(void **state)
{
    static struct listener listener;
    struct notify notifies[2] = {};

    (void)state;
    listener_init(&listener, notifies);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(listener_poll(&listener, &polling), POLL_PENDING);
        notify_one(&notifies[0]);
        assert_int_equal(listener_poll(&listener, &polling), POLL_PENDING);
    }
    notify_one(&notifies[1]);
    while (listener_poll(&listener, &polling) == POLL_PENDING)
        ;
    assert_int_equal(listener.heard[0], 3);
    assert_int_equal(listener.heard[1], 1);
}

static void cancelled_in_the_body_the_cleanup_drops_the_branches(void **state)
{
    static struct listener listener;
    struct notify notifies[2] = {};

    (void)state;
    polling.waker = (struct waker){64};
    listener_init(&listener, notifies);
    assert_int_equal(listener_poll(&listener, &polling), POLL_PENDING);
    polling.waker = WAKER_NONE;
    notify_one(&notifies[0]);
    assert_int_equal(listener_poll(&listener, &polling), POLL_PENDING);
    listener_drop(&listener);
    assert_null(wait_queue_first(&notifies[1].waiters));
}

/* Case 42: an abortable future is a biased race with a notify. */
static void an_abortable_is_a_biased_race_with_a_notify(void **state)
{
    struct notify abort = {};
    struct notify_wait wait;
    struct race race;

    (void)state;
    notify_one(&abort);
    race_init(&race, FUTURES_IN_ORDER(two, START(notify_wait, &wait, &abort), probe_ready_at(0, 1)));
    assert_int_equal(race_poll(&race, &polling), POLL_READY);
    assert_int_equal(race.result, 0);
    assert_int_equal(records[0].polls, 0);
    assert_int_equal(records[0].drops, 1);
}

static struct probe_record watcher;
static struct notify abort_of_watcher;

static void abort_in_poll(struct probe_record *record, struct context *poll_context)
{
    (void)record;
    (void)poll_context;
    notify_one(&abort_of_watcher);
}

ASYNC_STATIC_FRAME_OF(uint32_t, abortable, struct notify_wait wait; struct probe probe; struct dyn_future both[2];
                      struct race race;);

static uint32_t abortable_result;

static void abortable_init(struct abortable *self)
{
    coroutine_init(&self->coroutine);
}

ASYNC(abortable)
{
    ASYNC_BEGIN;
    AWAIT(race, &self->race,
          FUTURES_IN_ORDER(self->both, START(notify_wait, &self->wait, &abort_of_watcher),
                           START(probe, &self->probe, &records[0])));
    abortable_result = self->race.result;
    ASYNC_END;
}

static void an_abort_wakes_the_task_that_is_aborted(void **state)
{
    (void)state;
    abort_of_watcher = (struct notify){};
    abortable_result = 17;
    watcher = (struct probe_record){.in_poll = abort_in_poll, .ready_at_poll = 1};
    assert_int_equal(SPAWN(&executor, abortable, NULL).error, SPAWN_OK);
    run();
    assert_int_equal(abortable_result, 17);
    spawn_probe(&watcher);
    run();
    assert_int_equal(abortable_result, 0);
    assert_int_equal(records[0].drops, 1);
    assert_int_equal(count_tasks(), 0);
}

static unsigned probes_shown;

static void count_probes(struct tracer *tracer, const struct future_type *type, const void *future)
{
    (void)future;
    probes_shown += tracer->depth == 1 && strcmp(type->name, "probe") == 0;
}

static unsigned probes_under(const struct future_type *type, void *future)
{
    struct tracer tracer;

    tracer_init(&tracer, count_probes);
    probes_shown = 0;
    future_trace(type, future, &tracer);
    return probes_shown;
}

static void a_trace_shows_the_branches_that_are_live(void **state)
{
    struct select select;
    struct race race;

    (void)state;
    select_init(&select, FUTURES(three, probe_ready_at(0, 0), NO_FUTURE, probe_ready_at(2, 0)));
    assert_int_equal(select_poll(&select, &polling), POLL_PENDING);
    assert_int_equal(probes_under(&select_type, &select), 2);
    select_drop(&select);
    assert_int_equal(probes_under(&select_type, &select), 0);
    race_init(&race, FUTURES(two, probe_ready_at(0, 0), probe_ready_at(1, 0)));
    assert_int_equal(race_poll(&race, &polling), POLL_PENDING);
    assert_int_equal(probes_under(&race_type, &race), 2);
    race_drop(&race);
    assert_int_equal(probes_under(&race_type, &race), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SELECT_TEST(of_two_that_are_always_ready_each_wins_its_share),
        SELECT_TEST(two_selects_that_take_turns_are_both_fair),
        SELECT_TEST(in_order_the_first_always_wins),
        SELECT_TEST(in_order_a_later_one_wins_when_it_alone_is_ready),
        SELECT_TEST(the_losers_are_dropped_before_the_race_is_ready),
        SELECT_TEST(dropping_a_race_drops_every_branch_once),
        SELECT_TEST(a_select_goes_on_with_those_that_have_not_ended),
        SELECT_TEST(a_branch_that_is_switched_off_is_not_polled),
        SELECT_TEST(a_select_of_the_empty_set_has_no_winner),
        SELECT_TEST(dropping_a_select_drops_every_branch),
        SELECT_TEST(a_select_or_race_that_was_moved_panics),
        SELECT_TEST(a_loop_over_select_hears_every_source),
        SELECT_TEST(cancelled_in_the_body_the_cleanup_drops_the_branches),
        SELECT_TEST(a_trace_shows_the_branches_that_are_live),
        SELECT_TEST(an_abortable_is_a_biased_race_with_a_notify),
        SELECT_TEST(an_abort_wakes_the_task_that_is_aborted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
