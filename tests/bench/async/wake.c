/* SPDX-License-Identifier: MIT */
/*
 * From a wake to the poll that it causes.
 *
 * storm      10 000 tasks wait; one task wakes them all, again and again. A round is all wakes, then all polls
 * ping_pong  two tasks wake each other in turn, each by the waker that the other has left: a round trip is two wakes and
 *            two polls
 * notify     the same by two `notify`, the floor's being an event without a locked instruction
 */
#include "async.h"

#include <tenorite/task/coroutine.h>
#include <tenorite/task/notify.h>

enum { SLEEPERS = 10000, STORMS = 100, QUICK_STORMS = 1, PLAYERS = 2, ROUND_TRIPS = 1000000, QUICK_ROUND_TRIPS = 10 };

/* --- storm ------------------------------------------------------------------------------------------------------ */

static uint64_t polls;
static bool is_storm_over;
static struct waker wakers[SLEEPERS];
static struct floor_task *sleepers[SLEEPERS];

struct sleeper {
    unsigned index;
};

static void sleeper_init(struct sleeper *self, unsigned index)
{
    self->index = index;
}

static enum poll sleeper_poll(struct sleeper *self, struct context *context)
{
    polls++;
    wakers[self->index] = context->waker;
    return is_storm_over ? POLL_READY : POLL_PENDING;
}

static void sleeper_drop(struct sleeper *self)
{
    (void)self;
}
FUTURE_TYPE(sleeper);

/* Wakes them all, then itself: it is polled again behind them. */
struct storm {
    unsigned rounds;
};

static void storm_init(struct storm *self, unsigned rounds)
{
    self->rounds = rounds;
}

static enum poll storm_poll(struct storm *self, struct context *context)
{
    is_storm_over = --self->rounds == 0;
    for (unsigned i = 0; i < SLEEPERS; i++)
        waker_wake(wakers[i]);
    if (is_storm_over)
        return POLL_READY;
    waker_wake(context->waker);
    return POLL_PENDING;
}

static void storm_drop(struct storm *self)
{
    (void)self;
}
FUTURE_TYPE(storm);

static enum floor_poll floor_sleeper(struct floor_task *task)
{
    polls++;
    sleepers[task->count] = task;
    return is_storm_over ? FLOOR_READY : FLOOR_PENDING;
}

static enum floor_poll floor_storm(struct floor_task *task)
{
    is_storm_over = --task->count == 0;
    for (unsigned i = 0; i < SLEEPERS; i++)
        floor_wake(sleepers[i]);
    if (is_storm_over)
        return FLOOR_READY;
    floor_wake(task);
    return FLOOR_PENDING;
}

static unsigned storms_of(const struct bench_plan *plan)
{
    return plan->is_quick ? QUICK_STORMS : STORMS;
}

/* The first poll of each is not in the count of operations, nor are the tasks that are made and end; a round in a hundred. */
static uint64_t wakes_in(unsigned storms)
{
    bench_expect(polls == (uint64_t)SLEEPERS * (storms + 1), "storm");
    return (uint64_t)SLEEPERS * storms;
}

static uint64_t storm_ours(const struct bench_plan *plan)
{
    unsigned storms = storms_of(plan);
    polls = 0, is_storm_over = false;
    for (unsigned i = 0; i < SLEEPERS; i++)
        bench_expect(SPAWN(&ours, sleeper, NULL, i).error == SPAWN_OK, "spawn");
    bench_expect(SPAWN(&ours, storm, NULL, storms).error == SPAWN_OK, "spawn");
    executor_run_until_idle(&ours);
    return wakes_in(storms);
}

static struct floor_task *floor_spawn(enum floor_poll (*poll)(struct floor_task *task), uint32_t count)
{
    struct floor_task *task = floor_task_new(&floor_executor, poll);
    task->count = count;
    floor_wake(task);
    return task;
}

static uint64_t storm_floor(const struct bench_plan *plan)
{
    unsigned storms = storms_of(plan);
    polls = 0, is_storm_over = false;
    for (unsigned i = 0; i < SLEEPERS; i++)
        floor_spawn(floor_sleeper, i);
    floor_spawn(floor_storm, storms);
    floor_run(&floor_executor);
    return wakes_in(storms);
}

/* --- ping pong -------------------------------------------------------------------------------------------------- */

static unsigned turn; /* of player 0 or 1 */
static unsigned turns_left;
static struct waker player_wakers[PLAYERS];
static struct floor_task *players[PLAYERS];

struct player {
    unsigned number;
};

static void player_init(struct player *self, unsigned number)
{
    self->number = number;
}

static enum poll player_poll(struct player *self, struct context *context)
{
    unsigned other = 1 - self->number;
    player_wakers[self->number] = context->waker;
    if (turn != self->number)
        return POLL_PENDING;
    turn = other;
    waker_wake(player_wakers[other]);
    return turns_left == 0 || --turns_left == 0 ? POLL_READY : POLL_PENDING;
}

static void player_drop(struct player *self)
{
    (void)self;
}
FUTURE_TYPE(player);

static enum floor_poll floor_player(struct floor_task *task)
{
    unsigned other = 1 - task->count;
    players[task->count] = task;
    if (turn != task->count)
        return FLOOR_PENDING;
    turn = other;
    floor_wake(players[other]);
    return turns_left == 0 || --turns_left == 0 ? FLOOR_READY : FLOOR_PENDING;
}

static unsigned round_trips_of(const struct bench_plan *plan)
{
    return plan->is_quick ? QUICK_ROUND_TRIPS : ROUND_TRIPS;
}

/* Player 1 leaves its waker first, then player 0 has the first turn. */
static void start_game(unsigned round_trips)
{
    turn = 0;
    turns_left = PLAYERS * round_trips;
}

static uint64_t ping_pong_ours(const struct bench_plan *plan)
{
    unsigned round_trips = round_trips_of(plan);
    start_game(round_trips);
    for (unsigned number = PLAYERS; number-- > 0;)
        bench_expect(SPAWN(&ours, player, NULL, number).error == SPAWN_OK, "spawn");
    executor_run_until_idle(&ours);
    bench_expect(turns_left == 0, "ping pong");
    return round_trips;
}

static uint64_t ping_pong_floor(const struct bench_plan *plan)
{
    unsigned round_trips = round_trips_of(plan);
    start_game(round_trips);
    for (unsigned number = PLAYERS; number-- > 0;)
        floor_spawn(floor_player, number);
    floor_run(&floor_executor);
    bench_expect(turns_left == 0, "ping pong of the floor");
    return round_trips;
}

/* --- by notify -------------------------------------------------------------------------------------------------- */

static struct notify notifies[PLAYERS];
static struct floor_event events[PLAYERS];
static unsigned finished;

ASYNC_STATIC_FRAME(caller, unsigned number; unsigned left; struct notify_wait wait;);

static void caller_init(struct caller *self, unsigned number, unsigned round_trips)
{
    coroutine_init(&self->coroutine);
    self->number = number;
    self->left = round_trips;
}

static ASYNC(caller)
{
    ASYNC_BEGIN;
    for (; self->left > 0; self->left--) {
        AWAIT(notify_wait, &self->wait, &notifies[self->number]);
        notify_one(&notifies[1 - self->number]);
    }
    finished++;
    ASYNC_CLEANUP;
    ASYNC_END;
}

static enum floor_poll floor_caller(struct floor_task *task)
{
    for (; task->value > 0; task->value--) {
        if (floor_event_poll(&events[task->count], task) == FLOOR_PENDING)
            return FLOOR_PENDING;
        floor_event_signal(&events[1 - task->count]);
    }
    finished++;
    return FLOOR_READY;
}

static uint64_t notify_ours(const struct bench_plan *plan)
{
    unsigned round_trips = round_trips_of(plan);
    finished = 0;
    for (unsigned number = 0; number < PLAYERS; number++) {
        notifies[number] = (struct notify){.has_permit = number == 0};
        bench_expect(SPAWN(&ours, caller, NULL, number, round_trips).error == SPAWN_OK, "spawn");
    }
    executor_run_until_idle(&ours);
    bench_expect(finished == PLAYERS, "notify");
    return round_trips;
}

static uint64_t notify_floor(const struct bench_plan *plan)
{
    unsigned round_trips = round_trips_of(plan);
    finished = 0;
    for (unsigned number = 0; number < PLAYERS; number++) {
        events[number].is_signalled = number == 0;
        floor_spawn(floor_caller, number)->value = round_trips;
    }
    floor_run(&floor_executor);
    bench_expect(finished == PLAYERS, "events of the floor");
    return round_trips;
}

void bench_wake(const struct bench_plan *plan)
{
    async_begin(SLEEPERS + 1);
    ASYNC_SAMPLE(plan, "storm", {"floor", storm_floor}, {"ours", storm_ours});
    ASYNC_SAMPLE(plan, "ping_pong", {"floor", ping_pong_floor}, {"ours", ping_pong_ours});
    ASYNC_SAMPLE(plan, "ping_pong_notify", {"floor", notify_floor}, {"ours", notify_ours});
}
