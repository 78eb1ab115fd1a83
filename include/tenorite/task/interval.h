/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/sleep.h>

/*
 * Points in time that follow one another at equal distances, without drifting apart from the clock:
 *
 *     enum interval_error error = interval_init(&self->interval, MILLISECONDS(300), INTERVAL_SKIP);
 *     for (;;) {
 *         AWAIT(interval_tick, &self->tick, &self->interval);
 *         ...                                                  // self->tick.result: the time that it was due
 *     }
 *
 * The first is due at once. Who comes so late that the next one has passed as well gets the one that is due at once, and
 * then, as the interval was told, with a period of 300 ms, the tick of 600 ms and a look at 950 ms:
 */
enum interval_lateness {
    INTERVAL_BURST, /* what was missed, one after another, until it has caught up: 900 at once, 1200 */
    INTERVAL_DELAY, /* a period from now, and from then on: 1250 */
    INTERVAL_SKIP,  /* the next that is still to come: 1200 */
};

struct interval {
    uint64_t next_ns;
    duration period;
    enum interval_lateness lateness;
};

/* INTERVAL_ZERO: the period is 0; every tick of the interval is then never due. */
enum NODISCARD interval_error { INTERVAL_OK, INTERVAL_ZERO };

/* An interval that begins now. Task context. */
enum interval_error interval_init(struct interval *self, duration period, enum interval_lateness lateness);

/* The next tick is due a period from now. Task context, while nobody waits for a tick. */
void interval_reset(struct interval *self);

/* One waits at a time. Dropping it leaves the interval at the same tick. A poll after completion panics. */
struct interval_tick {
    struct interval *interval;
    struct sleep_until sleep;
    uint64_t result;
};

void interval_tick_init(struct interval_tick *self, struct interval *interval);
enum poll interval_tick_poll(struct interval_tick *self, struct context *context);
void interval_tick_drop(struct interval_tick *self);
FUTURE_TYPE(interval_tick, FUTURE_RESULT(interval_tick));
