/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/duration.h>
#include <tenorite/task/executor.h>

/*
 * Names tasks that keep the CPU: a poll (or a drop) that lasts longer than the limit is reported once in the log, with
 * the task's name and id, the line where it last awaited, and where it is now.
 *
 * It looks only when the timer interrupts, and takes the first look that finds a poll for its beginning: it may report
 * late by the time between two interrupts, never early. Costs the tasks nothing, on or off.
 */
struct watchdog {
    const struct executor *executor;
    duration limit;
    const struct task *task; /* that was being polled at the last look; NULL: none was */
    uint64_t poll;           /* number of that poll */
    uint64_t since_ns;       /* when it was seen first */
    bool is_reported;
};

/* A limit of 0 turns it off. Task context, before watchdog_look is called. */
void watchdog_init(struct watchdog *watchdog, const struct executor *executor, duration limit);

/* Any context on the executor's CPU. */
void watchdog_set_limit(struct watchdog *watchdog, duration limit);

/* Called from the timer's interrupt handler. */
void watchdog_look(struct watchdog *watchdog);
