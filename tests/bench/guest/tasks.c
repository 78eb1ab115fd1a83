/* SPDX-License-Identifier: MIT */
/*
 * How many instructions tasks take.
 *
 * yield           from one poll of a yielding task to its next, divided by the number of tasks that yield
 * yield_accounts  the same while statistics of each task are kept
 * watchdog_look   one look of the watchdog that finds nothing to report
 * spawn           spawning a task of 8 bytes
 * spawn_to_end    spawning it, polling it once, and freeing it
 * handler_wake    from the first instruction of an interrupt handler, entered while the CPU sleeps in the executor, to the
 *                 first of the task that it wakes: the wake, the way out of the interrupt, the executor's way to the task
 *
 * The interrupt is the periodic one of the real-time clock (MC146818 data sheet, "Registers A, B, C"): nobody else uses it.
 */
#include "groups.h"
#include "series.h"

#include <tenorite/arch/interrupts.h>
#include <tenorite/arch/io.h>
#include <tenorite/lib/panic.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/executor.h>
#include <tenorite/task/task_accounts.h>
#include <tenorite/task/watchdog.h>
#include <tenorite/task/yield.h>

enum { YIELDERS = 100, YIELDS = 100, SPAWNS = 1000, WAKES = 100 };
enum { RTC_INDEX = 0x70, RTC_DATA = 0x71, RTC_LINE = 8 };
enum { RTC_REGISTER_B = 0x0b, RTC_REGISTER_C = 0x0c, RTC_PERIODIC_INTERRUPT = 1 << 6 };

static struct executor executor;

/* --- yield ------------------------------------------------------------------------------------------------------ */

static struct series yielding;
static unsigned yielders_done;

ASYNC_STATIC_FRAME(yielder, unsigned number; unsigned i; struct yield yield;);

static void yielder_init(struct yielder *self, unsigned number)
{
    coroutine_init(&self->coroutine);
    self->number = number;
}

static ASYNC(yielder)
{
    ASYNC_BEGIN;
    AWAIT(yield, &self->yield); /* the others have started */
    if (self->number == 0)
        series_begin(&yielding);
    for (self->i = 0; self->i < YIELDS; self->i++)
        AWAIT(yield, &self->yield);
    if (self->number == 0)
        series_end(&yielding);
    yielders_done++;
    ASYNC_CLEANUP;
    ASYNC_END;
}

static void count_yields(const char *figure)
{
    yielding = (struct series){.figure = figure};
    yielders_done = 0;
    for (unsigned i = 0; i < YIELDERS; i++)
        ASSERT(SPAWN(&executor, yielder, NULL, i).error == SPAWN_OK, "no memory for task %u", i);
    executor_run_until_idle(&executor);
    ASSERT(yielders_done == YIELDERS, "%u tasks have ended", yielders_done);
    print_count(yielding.figure, yielding.total, (uint64_t)YIELDERS * YIELDS);
}

static void count_looks_of_watchdog(void)
{
    struct watchdog watchdog;
    struct series looking = {.figure = "watchdog_look"};
    watchdog_init(&watchdog, &executor, SECONDS(1));
    for (unsigned i = 0; i < SPAWNS; i++) {
        series_begin(&looking);
        watchdog_look(&watchdog);
        series_end(&looking);
    }
    print_count(looking.figure, looking.total, looking.operations);
}

/* --- spawn ------------------------------------------------------------------------------------------------------ */

static uint64_t sum;

struct trivial {
    uint64_t value;
};

static void trivial_init(struct trivial *self, uint64_t value)
{
    self->value = value;
}

static enum poll trivial_poll(struct trivial *self, struct context *context)
{
    (void)context;
    sum += self->value;
    return POLL_READY;
}

static void trivial_drop(struct trivial *self)
{
    (void)self;
}
FUTURE_TYPE(trivial);

static void count_spawns(void)
{
    struct series spawning = {.figure = "spawn"}, living = {.figure = "spawn_to_end"};
    for (uint64_t i = 0; i < SPAWNS; i++) {
        series_begin(&living);
        series_begin(&spawning);
        struct spawn_result result = SPAWN(&executor, trivial, NULL, i);
        series_end(&spawning);
        executor_run_until_idle(&executor);
        series_end(&living);
        ASSERT(result.error == SPAWN_OK, "no memory for task %llu", (unsigned long long)i);
    }
    ASSERT(sum == SPAWNS * (SPAWNS - 1ull) / 2, "%llu", (unsigned long long)sum);
    series_print(&spawning);
    print_count(living.figure, living.total, living.operations);
}

/* --- from an interrupt handler to a task -------------------------------------------------------------------------- */

static struct series waking = {.figure = "handler_wake"};
static struct waker sleeper_waker;
static void (*when_done)(void);

static uint8_t rtc_read(uint8_t reg)
{
    io_write8(RTC_INDEX, reg);
    return io_read8(RTC_DATA);
}

/* Register C has to be read, or no further interrupt comes: after the wake, and of a fixed number of instructions. */
static void on_interrupt(void *argument)
{
    (void)argument;
    series_begin(&waking);
    waker_wake(sleeper_waker);
    (void)rtc_read(RTC_REGISTER_C);
}

struct sleeper {
    bool is_started;
};

static void sleeper_init(struct sleeper *self)
{
    self->is_started = false;
}

static enum poll sleeper_poll(struct sleeper *self, struct context *context)
{
    if (self->is_started)
        series_end(&waking);
    self->is_started = true;
    sleeper_waker = context->waker;
    if (waking.operations < WAKES)
        return POLL_PENDING;
    series_print(&waking);
    when_done();
    return POLL_READY;
}

static void sleeper_drop(struct sleeper *self)
{
    (void)self;
}
FUTURE_TYPE(sleeper);

static void start_periodic_interrupt(void)
{
    uint8_t before = rtc_read(RTC_REGISTER_B);
    ASSERT(irq_attach(RTC_LINE, on_interrupt, NULL) == IRQ_OK, "line %d is taken", RTC_LINE);
    io_write8(RTC_INDEX, RTC_REGISTER_B);
    io_write8(RTC_DATA, before | RTC_PERIODIC_INTERRUPT);
    (void)rtc_read(RTC_REGISTER_C);
}

void count_tasks(struct heap *heap, void (*done)(void))
{
    executor_init(&executor, heap);
    count_yields("yield");
    ASSERT(executor_accounts_start(&executor) == ACCOUNTS_OK, "no memory for statistics");
    count_yields("yield_accounts");
    executor_accounts_stop(&executor);
    count_looks_of_watchdog();
    count_spawns();
    when_done = done;
    ASSERT(SPAWN(&executor, sleeper, NULL).error == SPAWN_OK, "no memory for a task");
    start_periodic_interrupt();
    interrupts_enable();
    executor_run(&executor);
}
