/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/interrupts.h>
#include <tenorite/arch/timer.h>
#include <tenorite/lib/panic.h>
#include <tenorite/mm/kernel_memory.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/executor.h>
#include <tenorite/task/notify.h>
#include <tenorite/task/sleep.h>

#include "kernel_test.h"

/* Tasks on the machine itself: wakes from real interrupt handlers, real idling, real time. */
static struct kernel_memory memory;
static struct executor executor;
static struct notify tick;
static unsigned cleaned_up, finished;

/* The clock needs an interrupt every 40 ms; more if the emulator was late and the second took longer. */
enum { IDLES_A_SECOND = 60 };

static void signal_tick(void *argument)
{
    executor_alarm(argument);
    notify_one(&tick);
}

ASYNC_STATIC_FRAME(tick_counter, unsigned count; struct notify_wait wait;);

static void tick_counter_init(struct tick_counter *self)
{
    coroutine_init(&self->coroutine);
    self->count = 0;
}

/* Woken 10 times from the interrupt handler. */
ASYNC(tick_counter)
{
    ASYNC_BEGIN;
    for (self->count = 0; self->count < 10; self->count++)
        AWAIT(notify_wait, &self->wait, &tick);
    ASYNC_END;
}

ASYNC_STATIC_FRAME(endless, struct sleep sleep;);

static void endless_init(struct endless *self)
{
    coroutine_init(&self->coroutine);
}

ASYNC(endless)
{
    ASYNC_BEGIN;
    AWAIT(sleep, &self->sleep, FOR_EVER);
    ASYNC_CLEANUP;
    cleaned_up++;
    ASYNC_END;
}

ASYNC_STATIC_FRAME(dozer, duration length; uint64_t started; struct sleep sleep;);

static void dozer_init(struct dozer *self, duration length)
{
    coroutine_init(&self->coroutine);
    self->length = length;
}

ASYNC(dozer)
{
    ASYNC_BEGIN;
    self->started = clock_ns();
    AWAIT(sleep, &self->sleep, self->length);
    CHECK(clock_ns() - self->started >= self->length.ns, "woke after %llu ns",
          (unsigned long long)(clock_ns() - self->started));
    finished++;
    ASYNC_END;
}

ASYNC_STATIC_FRAME(director, struct tick_counter counter; struct sleep sleep; struct task_handle endless;
                   uint64_t heap_bytes; unsigned i; uint64_t idles;);

static void director_init(struct director *self)
{
    coroutine_init(&self->coroutine);
}

static uint64_t heap_bytes(void)
{
    return heap_statistics(&memory.heap).used_bytes;
}

static void spawn_dozers(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct spawn_result result = SPAWN(&executor, dozer, "dozer", MILLISECONDS(i % 20));
        CHECK(result.error == SPAWN_OK, "dozer %u", i);
    }
}

ASYNC(director)
{
    ASYNC_BEGIN;
    kernel_test_plan(4);

    kernel_test_begin("interrupt_handler_wakes_a_task");
    AWAIT(tick_counter, &self->counter);
    CHECK(self->counter.count == 10, "%u ticks", self->counter.count);
    kernel_test_end();

    kernel_test_begin("cpu_idles_while_all_tasks_wait");
    self->idles = executor.statistics.idles;
    AWAIT(sleep, &self->sleep, SECONDS(1));
    CHECK(executor.statistics.idles > self->idles && executor.statistics.idles - self->idles <= IDLES_A_SECOND,
          "idled %llu times", (unsigned long long)(executor.statistics.idles - self->idles));
    kernel_test_end();

    kernel_test_begin("cancelled_task_cleans_up_once");
    self->endless = SPAWN(&executor, endless, "endless").task;
    AWAIT(sleep, &self->sleep, MILLISECONDS(5));
    CHECK(executor_cancel(self->endless) == CANCEL_REQUESTED, "cancel refused");
    AWAIT(sleep, &self->sleep, MILLISECONDS(5));
    CHECK(cleaned_up == 1, "cleaned up %u times", cleaned_up);
    CHECK(executor_cancel(self->endless) == CANCEL_TOO_LATE, "cancelled twice");
    kernel_test_end();

    kernel_test_begin("thousand_sleepers_end_and_give_their_memory_back");
    spawn_dozers(1000);
    AWAIT(sleep, &self->sleep, MILLISECONDS(200));
    self->heap_bytes = heap_bytes(); /* after the first round the task headers exist */
    spawn_dozers(1000);
    for (self->i = 0; self->i < 100 && finished < 2000; self->i++)
        AWAIT(sleep, &self->sleep, MILLISECONDS(20));
    CHECK(finished == 2000, "%u finished", finished);
    CHECK(heap_bytes() == self->heap_bytes, "%llu bytes, before %llu", (unsigned long long)heap_bytes(),
          (unsigned long long)self->heap_bytes);
    executor_check(&executor);
    kernel_test_end();
    kernel_test_finish();
    ASYNC_END;
}

void kernel_main(const struct boot_info *boot_info)
{
    enum kernel_memory_error error = kernel_memory_init(&memory, boot_info);
    ASSERT(error == KERNEL_MEMORY_OK, "%s", kernel_memory_error_text(error));
    executor_init(&executor, &memory.heap);
    ASSERT(timer_start(signal_tick, &executor) == TIMER_OK, "no timer");
    struct spawn_result result = SPAWN(&executor, director, "director");
    ASSERT(result.error == SPAWN_OK, "no memory");
    interrupts_enable();
    executor_run(&executor);
}
