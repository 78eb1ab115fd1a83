/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/panic.h>
#include <tenorite/task/yield.h>

void yield_init(struct yield *self)
{
    self->state = YIELD_NOT_STARTED;
}

enum poll yield_poll(struct yield *self, struct context *context)
{
    ASSERT(self->state != YIELD_ENDED, "yield %p: polled after completion", (void *)self);
    if (self->state == YIELD_WAITING) {
        self->state = YIELD_ENDED;
        return POLL_READY;
    }
    self->state = YIELD_WAITING;
    waker_wake(context->waker);
    return POLL_PENDING;
}

void yield_drop(struct yield *self)
{
    self->state = YIELD_ENDED;
}
