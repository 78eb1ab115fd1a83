/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/future.h>

/* AWAIT(yield, &self->yield): ready at the next poll, for which the task queues up behind those that are ready already.
 * For long work in portions. A poll after completion panics. */
enum yield_state { YIELD_NOT_STARTED, YIELD_WAITING, YIELD_ENDED };

struct yield {
    enum yield_state state;
    const char cannot_be_assigned[0];
};

void yield_init(struct yield *self);
enum poll yield_poll(struct yield *self, struct context *context);
void yield_drop(struct yield *self);
FUTURE_TYPE(yield);
