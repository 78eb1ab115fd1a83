/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/panic.h>
#include <tenorite/task/timeout.h>

void timeout_init(struct timeout *self, duration length, struct dyn_future future)
{
    ASSERT(dyn_future_is_live(&future), "timeout %p of no future", (void *)self);
    pin_init(&self->pin);
    sleep_init(&self->sleep, length);
    self->future = future;
    self->error = TIMEOUT_OK;
}

/* The deadline is polled first, so that a future that uses up the poll's budget leaves it enough; what the future says
 * counts first. */
enum poll timeout_poll(struct timeout *self, struct context *context)
{
    enum poll time_is_up;

    pin_check(&self->pin, "timeout");
    ASSERT(dyn_future_is_live(&self->future), "timeout %p: polled after completion", (void *)self);
    time_is_up = sleep_poll(&self->sleep, context);
    if (dyn_future_poll(&self->future, context) == POLL_READY) {
        sleep_drop(&self->sleep);
        return POLL_READY;
    }
    if (time_is_up == POLL_PENDING)
        return POLL_PENDING;
    self->error = TIMEOUT_ELAPSED;
    dyn_future_drop(&self->future);
    return POLL_READY;
}

void timeout_drop(struct timeout *self)
{
    pin_check(&self->pin, "timeout");
    sleep_drop(&self->sleep);
    dyn_future_drop(&self->future);
}

void timeout_trace(void *self, struct tracer *tracer)
{
    dyn_future_trace(&((struct timeout *)self)->future, tracer);
}
