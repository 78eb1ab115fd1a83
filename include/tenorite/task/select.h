/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/dyn_future.h>
#include <tenorite/task/pin.h>

/*
 * Waits for whichever future of a set ends first. Both leave in `result` which one that was: its index in the set, or
 * SELECT_NONE when the set has no live future (any more).
 *
 *     AWAIT(race, &self->race, FUTURES(self->both, START(...), START(...)));
 *     if (self->race.result == 0) ...
 *
 * race: the others are dropped before it is ready; none of them is alive while the winner's result is used.
 *
 * select: the others live on, and the next select over the same array goes on with them; one that has ended is passed
 * over, and so is NO_FUTURE, which stands for a branch that does not take part this time:
 *
 *     self->set = FUTURES(self->sources, START(byte_read, &self->key, &keys), START(sleep, &self->nap, SECONDS(1)));
 *     for (;;) {
 *         AWAIT(select, &self->select, self->set);
 *         if (self->select.result == SELECT_NONE)
 *             break;
 *         ...                                           // an AWAIT here leaves them alive too, so
 *     }
 *     ASYNC_CLEANUP;
 *     future_set_drop(self->set);                       // with NAME_init having made the set an empty one
 *
 * Fair: when several are ready at the same time, each is as likely to be chosen as the others, however often one asks.
 * With FUTURES_IN_ORDER the first in the set that is ready. No allocation, any number. Each poll polls each live one at
 * most once, and none after it has found the winner. Dropping either drops all that are live. A poll after completion
 * panics.
 */
#define SELECT_NONE UINT32_MAX

struct select {
    struct pin pin;
    struct future_set set; /* futures == NULL: ended */
    uint32_t result;
};

void select_init(struct select *self, struct future_set set);
enum poll select_poll(struct select *self, struct context *context);
void select_drop(struct select *self);
void select_trace(void *self, struct tracer *tracer);
FUTURE_TYPE(select, FUTURE_RESULT(select), .trace = select_trace);

struct race {
    struct select select;
    uint32_t result;
};

void race_init(struct race *self, struct future_set set);
enum poll race_poll(struct race *self, struct context *context);
void race_drop(struct race *self);
void race_trace(void *self, struct tracer *tracer);
FUTURE_TYPE(race, FUTURE_RESULT(race), .trace = race_trace);
