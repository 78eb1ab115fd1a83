/* SPDX-License-Identifier: MIT */
/*
 * Timers: 100 000 random deadlines, uniform in a span, are inserted; then the clock is set to the next deadline and what
 * is due is let fire, until none is left. No task is woken. The floor is a binary heap of (deadline, pointer), from
 * which each is pushed and popped. `sleeps` is all of it: as many tasks are spawned, each sleeps once and ends.
 */
#include "async.h"
#include "clock.h"
#include "floor_heap.h"

#include <tenorite/task/coroutine.h>
#include <tenorite/task/sleep.h>

enum { TIMERS = 100000, QUICK_TIMERS = 300, EXPIRED_AT_ONCE = 64 };

static struct timer_queue queue;
static struct timer timers[TIMERS];
static struct floor_deadline entries[TIMERS];
static uint64_t woken;

static uint64_t timers_of(const struct bench_plan *plan)
{
    return plan->is_quick ? QUICK_TIMERS : TIMERS;
}

/* The first of a sequence of deadlines, all of them later than 0. */
static uint64_t first_seed(void)
{
    return 0x853c49e6748fea9b;
}

static uint64_t next_deadline(uint64_t *seed, uint64_t span_ns)
{
    return 1 + bench_random(seed) % span_ns;
}

static uint64_t run_wheel(uint64_t count, uint64_t span_ns)
{
    uint64_t fired = 0, seed = first_seed();
    timer_queue_init(&queue);
    for (uint64_t i = 0; i < count; i++) {
        timers[i].queue = NULL;
        timer_queue_insert(&queue, &timers[i], next_deadline(&seed, span_ns), WAKER_NONE);
    }
    for (uint64_t now_ns; (now_ns = timer_queue_next_deadline(&queue)) != UINT64_MAX;)
        fired += timer_queue_expire(&queue, now_ns, EXPIRED_AT_ONCE);
    bench_expect(fired == count, "timers");
    return count;
}

static uint64_t run_heap(uint64_t count, uint64_t span_ns)
{
    struct floor_heap heap = {.entries = entries};
    uint64_t fired = 0, seed = first_seed(), before_ns = 0;
    for (uint64_t i = 0; i < count; i++)
        floor_heap_push(&heap, (struct floor_deadline){next_deadline(&seed, span_ns), &timers[i]});
    for (; heap.count > 0; fired++) {
        uint64_t now_ns = floor_heap_pop(&heap).deadline_ns;
        bench_expect(now_ns >= before_ns, "order of the floor's deadlines");
        before_ns = now_ns;
    }
    bench_expect(fired == count, "timers of the floor");
    return count;
}

ASYNC_STATIC_FRAME(sleeping, duration length; struct sleep sleep;);

static void sleeping_init(struct sleeping *self, duration length)
{
    coroutine_init(&self->coroutine);
    self->length = length;
}

static ASYNC(sleeping)
{
    ASYNC_BEGIN;
    AWAIT(sleep, &self->sleep, self->length);
    woken++;
    ASYNC_CLEANUP;
    ASYNC_END;
}

static uint64_t run_sleeps(uint64_t count, uint64_t span_ns)
{
    uint64_t seed = first_seed();
    woken = 0;
    for (uint64_t i = 0; i < count; i++)
        bench_expect(SPAWN(&ours, sleeping, NULL, NANOSECONDS(next_deadline(&seed, span_ns))).error == SPAWN_OK,
                     "spawn");
    executor_run_until_idle(&ours);
    for (uint64_t now_ns; (now_ns = timer_queue_next_deadline(&ours.timers)) != UINT64_MAX;) {
        bench_clock_set(now_ns);
        executor_alarm(&ours);
        executor_run_until_idle(&ours);
    }
    bench_expect(woken == count, "sleeps");
    return count;
}

enum { NARROW_NS = 1000000, WIDE_NS = 1000000000 };

static uint64_t narrow_wheel(const struct bench_plan *plan)
{
    return run_wheel(timers_of(plan), NARROW_NS);
}

static uint64_t narrow_heap(const struct bench_plan *plan)
{
    return run_heap(timers_of(plan), NARROW_NS);
}

static uint64_t narrow_sleeps(const struct bench_plan *plan)
{
    return run_sleeps(timers_of(plan), NARROW_NS);
}

static uint64_t wide_wheel(const struct bench_plan *plan)
{
    return run_wheel(timers_of(plan), WIDE_NS);
}

static uint64_t wide_heap(const struct bench_plan *plan)
{
    return run_heap(timers_of(plan), WIDE_NS);
}

static uint64_t wide_sleeps(const struct bench_plan *plan)
{
    return run_sleeps(timers_of(plan), WIDE_NS);
}

void bench_timers(const struct bench_plan *plan)
{
    async_begin(1);
    ASYNC_SAMPLE(plan, "timers_1e6", {"floor", narrow_heap}, {"ours", narrow_wheel});
    ASYNC_SAMPLE(plan, "timers_1e9", {"floor", wide_heap}, {"ours", wide_wheel});
    ASYNC_SAMPLE(plan, "sleeps_1e6", {"ours", narrow_sleeps});
    ASYNC_SAMPLE(plan, "sleeps_1e9", {"ours", wide_sleeps});
}
