/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/dyn_future.h>
#include <tenorite/task/pin.h>

/*
 * AWAIT(join_all, &self->join, FUTURES(self->both, START(...), START(...))): ready when all of them have ended; their
 * results are in them. Up to 64 of them (more: join_wide.h). No allocation. An empty set is ready at once.
 *
 * Each poll of the join polls each child that has not ended, once, and a different one first each time: of children that
 * compete for what this poll may still do none is always late.
 *
 * A child that was made by TRY_START and ends with an error ends the join (try_join): the others are dropped, the error
 * is in self->join.error, and self->join.failed tells which child it was.
 *
 * Dropping the join drops the children that have not ended. A poll after completion panics.
 */
enum { JOIN_ALL_LIMIT = 64 };

struct join_all {
    struct pin pin;
    struct future_set set; /* futures == NULL: ended */
    uint32_t live;
    uint32_t first;  /* the one that is polled first next time */
    uint32_t failed; /* valid if `error` is not 0 */
    unsigned error;  /* 0: none failed */
};

void join_all_init(struct join_all *self, struct future_set set);
enum poll join_all_poll(struct join_all *self, struct context *context);
void join_all_drop(struct join_all *self);
void join_all_trace(void *self, struct tracer *tracer);
FUTURE_TYPE(join_all, .trace = join_all_trace);
