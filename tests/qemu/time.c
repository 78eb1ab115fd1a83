/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/interrupts.h>
#include <tenorite/arch/timer.h>
#include <tenorite/lib/panic.h>
#include <tenorite/mm/kernel_memory.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/executor.h>
#include <tenorite/task/interval.h>
#include <tenorite/task/timeout.h>
#include <tenorite/task/yield.h>

#include "kernel_test.h"

/* What tasks wait for time with, on a real clock and a real alarm. */
enum { SLEEPERS = 24, TICKS = 20 };

static struct kernel_memory memory;
static struct executor executor;
static unsigned order[SLEEPERS], ended;

static void on_alarm(void *unused)
{
    (void)unused;
    executor_alarm(&executor);
}

ASYNC_STATIC_FRAME(sleeper, unsigned number; uint64_t deadline_ns; struct sleep_until sleep;);

static void sleeper_init(struct sleeper *self, unsigned number, uint64_t deadline_ns)
{
    coroutine_init(&self->coroutine);
    self->number = number;
    self->deadline_ns = deadline_ns;
}

ASYNC(sleeper)
{
    ASYNC_BEGIN;
    AWAIT(sleep_until, &self->sleep, self->deadline_ns);
    CHECK(clock_ns() >= self->deadline_ns, "sleeper %u is early", self->number);
    order[ended++] = self->number;
    ASYNC_END;
}

/* Spans of 3 microseconds to 100 milliseconds, the longest first, each twice. */
static void spawn_sleepers(void)
{
    uint64_t begin_ns = clock_ns() + 20000000, span_ns = 100000000;
    for (unsigned i = 0; i < SLEEPERS; i += 2, span_ns = span_ns * 2 / 5) {
        CHECK(SPAWN(&executor, sleeper, NULL, i, begin_ns + span_ns).error == SPAWN_OK, "sleeper %u", i);
        CHECK(SPAWN(&executor, sleeper, NULL, i + 1, begin_ns + span_ns).error == SPAWN_OK, "sleeper %u", i + 1);
    }
}

static bool is_in_order(void)
{
    for (unsigned i = 0; i < SLEEPERS; i += 2)
        if (order[i] != SLEEPERS - 2 - i || order[i + 1] != SLEEPERS - 1 - i)
            return false;
    return ended == SLEEPERS;
}

/* Is never ready, and never lets the CPU idle. */
ASYNC_STATIC_FRAME(busy, struct yield yield;);

static void busy_init(struct busy *self)
{
    coroutine_init(&self->coroutine);
}

ASYNC(busy)
{
    ASYNC_BEGIN;
    for (;;)
        AWAIT(yield, &self->yield);
    ASYNC_END;
}

ASYNC_STATIC_FRAME(director, struct sleep sleep; struct timeout timeout; struct busy busy; struct interval interval;
                   struct interval_tick tick; uint64_t began_ns; uint64_t first_ns; unsigned i;);

static void director_init(struct director *self)
{
    coroutine_init(&self->coroutine);
}

ASYNC(director)
{
    ASYNC_BEGIN;
    kernel_test_plan(4);

    kernel_test_begin("sleeps_end_in_the_order_of_their_deadlines");
    spawn_sleepers();
    for (self->i = 0; self->i < 100 && ended < SLEEPERS; self->i++)
        AWAIT(sleep, &self->sleep, MILLISECONDS(20));
    CHECK(is_in_order(), "%u ended", ended);
    kernel_test_end();

    kernel_test_begin("interval_stays_in_step_with_the_clock");
    CHECK(interval_init(&self->interval, MILLISECONDS(7), INTERVAL_BURST) == INTERVAL_OK, "refused");
    AWAIT(interval_tick, &self->tick, &self->interval);
    self->first_ns = self->tick.result;
    for (self->i = 1; self->i <= TICKS; self->i++) {
        AWAIT(interval_tick, &self->tick, &self->interval);
        CHECK(self->tick.result == self->first_ns + self->i * 7000000, "tick %u", self->i);
        CHECK(clock_ns() >= self->tick.result, "tick %u is early", self->i);
    }
    kernel_test_end();

    kernel_test_begin("timeout_ends_a_wait_without_end");
    self->began_ns = clock_ns();
    AWAIT(timeout, &self->timeout, MILLISECONDS(30), START(sleep, &self->sleep, FOR_EVER));
    CHECK(self->timeout.error == TIMEOUT_ELAPSED, "error %d", (int)self->timeout.error);
    CHECK(clock_ns() - self->began_ns >= 30000000, "too early");
    kernel_test_end();

    kernel_test_begin("timeout_ends_a_future_that_is_always_busy");
    self->began_ns = clock_ns();
    AWAIT(timeout, &self->timeout, MILLISECONDS(30), START(busy, &self->busy));
    CHECK(self->timeout.error == TIMEOUT_ELAPSED, "error %d", (int)self->timeout.error);
    CHECK(clock_ns() - self->began_ns >= 30000000, "too early");
    CHECK(executor.timers.count == 0, "%zu timers are left", executor.timers.count);
    kernel_test_end();
    kernel_test_finish();
    ASYNC_END;
}

void kernel_main(const struct boot_info *boot_info)
{
    enum kernel_memory_error error = kernel_memory_init(&memory, boot_info);
    ASSERT(error == KERNEL_MEMORY_OK, "%s", kernel_memory_error_text(error));
    executor_init(&executor, &memory.heap);
    ASSERT(timer_start(on_alarm, NULL) == TIMER_OK, "no timer");
    ASSERT(SPAWN(&executor, director, "director").error == SPAWN_OK, "no memory");
    interrupts_enable();
    executor_run(&executor);
}
