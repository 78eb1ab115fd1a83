/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/duration.h>
#include <tenorite/task/future.h>
#include <tenorite/task/timers.h>

/*
 * AWAIT(sleep_until, &self->sleep, deadline_ns): ready once clock_ns() has reached the deadline, never earlier, and late
 * by what other tasks take. A deadline that has passed is ready at the first poll; UINT64_MAX never is. Any number per
 * task. Cost: one look at the clock, at the first poll; constant.
 *
 * AWAIT(sleep, &self->sleep, MILLISECONDS(500)): the same, with a length that counts from the first poll. FOR_EVER never
 * ends.
 */
enum sleep_state {
    SLEEP_HAS_LENGTH,   /* not polled: time_ns is a length */
    SLEEP_HAS_DEADLINE, /* not polled since it was set; from here on time_ns is the deadline */
    SLEEP_WAITING,      /* and over as soon as the timer no longer waits */
    SLEEP_ENDED,
};

struct sleep_until {
    struct timer timer;
    uint64_t time_ns;
    enum sleep_state state;
};

void sleep_until_init(struct sleep_until *self, uint64_t deadline_ns);
enum poll sleep_until_poll(struct sleep_until *self, struct context *context);
void sleep_until_drop(struct sleep_until *self);
FUTURE_TYPE(sleep_until);

/* Sets another deadline, earlier or later, whatever state the sleep is in: who awaits it goes on waiting, for the new
 * one; one that has ended can be polled again. Never wakes by itself but at the new deadline. Task context, not in a
 * poll of the sleep. Cost: constant. */
void sleep_until_reset(struct sleep_until *self, uint64_t deadline_ns);

struct sleep {
    struct sleep_until until;
};

void sleep_init(struct sleep *self, duration length);
enum poll sleep_poll(struct sleep *self, struct context *context);
void sleep_drop(struct sleep *self);
FUTURE_TYPE(sleep);

/* The same for a length that counts from now. */
void sleep_reset(struct sleep *self, duration length);
