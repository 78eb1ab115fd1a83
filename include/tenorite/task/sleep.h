/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/duration.h>
#include <tenorite/task/future.h>
#include <tenorite/task/timers.h>

/*
 * AWAIT(sleep, &self->sleep, MILLISECONDS(500)): ready once that much time has passed since the first poll, never
 * earlier, and late by a tick of the clock and by what other tasks take. A length of zero is ready at the first poll;
 * FOR_EVER never is. Any number of sleeps per task.
 */
enum sleep_state { SLEEP_NOT_STARTED, SLEEP_WAITING, SLEEP_ENDED };

struct sleep {
    struct timer timer;
    duration length;
    uint64_t deadline_ns;
    enum sleep_state state;
};

void sleep_init(struct sleep *self, duration length);
enum poll sleep_poll(struct sleep *self, struct context *context);
void sleep_drop(struct sleep *self);
FUTURE_TYPE(sleep);
