/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/panic.h>
#include <tenorite/task/future.h>

/* AWAIT(yield, &self->yield): ready at the next poll, for which the task queues up behind those that are ready already.
 * For long work in portions. A poll after completion panics. */
enum yield_state { YIELD_NOT_STARTED, YIELD_WAITING, YIELD_ENDED };

struct yield {
    enum yield_state state;
    const char cannot_be_assigned[0];
};

ALWAYS_INLINE void yield_init(struct yield *self)
{
    self->state = YIELD_NOT_STARTED;
}

ALWAYS_INLINE enum poll yield_poll(struct yield *self, struct context *context)
{
    ASSERT(self->state != YIELD_ENDED, "yield %p: polled after completion", (void *)self);
    if (self->state == YIELD_WAITING) {
        self->state = YIELD_ENDED;
        return POLL_READY;
    }
    self->state = YIELD_WAITING;
    context_wake(context);
    return POLL_PENDING;
}

ALWAYS_INLINE void yield_drop(struct yield *self)
{
    self->state = YIELD_ENDED;
}
FUTURE_TYPE(yield);
