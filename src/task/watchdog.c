/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/backtrace.h>
#include <tenorite/arch/timer.h>
#include <tenorite/lib/printk.h>
#include <tenorite/task/watchdog.h>

#include "task.h"

void watchdog_init(struct watchdog *watchdog, const struct executor *executor, duration limit)
{
    *watchdog = (struct watchdog){.executor = executor, .limit = limit};
}

void watchdog_set_limit(struct watchdog *watchdog, duration limit)
{
    watchdog->limit = limit;
}

/* The frame is gone once the task is about to end. */
static unsigned awaited_line(const struct task *task)
{
    return task->type->awaited_line && task->frame ? task->type->awaited_line(task->frame) : 0;
}

static void report(const struct task *task, uint64_t length_ns)
{
    struct backtrace backtrace;

    log_warning("watchdog", "task %u (%s) has kept the CPU for %llu ms, since line %u", task->id, task->name,
                (unsigned long long)length_ns / 1000000, awaited_line(task));
    backtrace_of_interrupted(&backtrace);
    for (unsigned i = 0; i < backtrace.count; i++)
        log_warning("watchdog", "%s %#llx", i == 0 ? "at" : "called from",
                    (unsigned long long)backtrace.addresses[i]);
}

/* What the poll counter shows is that it is the same poll: drops do not count, but nobody is polled in between. */
void watchdog_look(struct watchdog *watchdog)
{
    const struct task *task = watchdog->executor->current;
    uint64_t poll = watchdog->executor->statistics.polls;
    uint64_t now_ns;

    if (watchdog->limit.ns == 0)
        return;
    now_ns = clock_ns();
    if (!task || task != watchdog->task || poll != watchdog->poll) {
        watchdog->task = task;
        watchdog->poll = poll;
        watchdog->since_ns = now_ns;
        watchdog->is_reported = false;
        return;
    }
    if (watchdog->is_reported || now_ns - watchdog->since_ns < watchdog->limit.ns)
        return;
    watchdog->is_reported = true;
    report(task, now_ns - watchdog->since_ns);
}
