/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/interrupts.h>
#include <tenorite/arch/timer.h>
#include <tenorite/lib/panic.h>
#include <tenorite/lib/printk.h>
#include <tenorite/mm/kernel_memory.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/executor.h>
#include <tenorite/task/watchdog.h>
#include <tenorite/task/yield.h>

#include "kernel_test.h"

/* A task that keeps the CPU twice, and behaves in between. What is reported of it drive/watchdog.py reads in the log. */
static struct kernel_memory memory;
static struct executor executor;
static struct watchdog watchdog;

static void on_alarm(void *unused)
{
    (void)unused;
    executor_alarm(&executor);
    watchdog_look(&watchdog);
}

static NO_INLINE void spin(duration length)
{
    uint64_t end_ns = deadline_after(clock_ns(), length);
    while (clock_ns() < end_ns)
        ;
}

ASYNC_STATIC_FRAME(hog, uint64_t end_ns; struct yield yield;);

static void hog_init(struct hog *self)
{
    coroutine_init(&self->coroutine);
}

ASYNC(hog)
{
    ASYNC_BEGIN;
    AWAIT(yield, &self->yield);
    log_info("test", "line %d, polled by %#llx", __LINE__ - 1, (unsigned long long)(uintptr_t)hog_poll);
    spin(MILLISECONDS(300));
    log_info("test", "behaves");
    self->end_ns = deadline_after(clock_ns(), MILLISECONDS(300));
    while (clock_ns() < self->end_ns) {
        AWAIT(yield, &self->yield);
        spin(MILLISECONDS(1));
    }
    log_info("test", "is not watched");
    watchdog_set_limit(&watchdog, NANOSECONDS(0));
    spin(MILLISECONDS(300));
    watchdog_set_limit(&watchdog, MILLISECONDS(100));
    AWAIT(yield, &self->yield);
    log_info("test", "spins again");
    spin(MILLISECONDS(300));
    kernel_test_plan(1);
    kernel_test_begin("task_that_keeps_the_cpu_ends_all_the_same");
    kernel_test_end();
    kernel_test_finish();
    ASYNC_END;
}

void kernel_main(const struct boot_info *boot_info)
{
    enum kernel_memory_error error = kernel_memory_init(&memory, boot_info);
    ASSERT(error == KERNEL_MEMORY_OK, "%s", kernel_memory_error_text(error));
    executor_init(&executor, &memory.heap);
    watchdog_init(&watchdog, &executor, MILLISECONDS(100));
    ASSERT(timer_start(on_alarm, NULL) == TIMER_OK, "no timer");
    ASSERT(SPAWN(&executor, hog, "greedy").error == SPAWN_OK, "no memory");
    interrupts_enable();
    executor_run(&executor);
}
