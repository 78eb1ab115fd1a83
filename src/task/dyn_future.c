/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/panic.h>
#include <tenorite/task/dyn_future.h>

enum poll dyn_future_poll(struct dyn_future *self, struct context *context)
{
    ASSERT(self->frame, "dyn_future %p: polled after completion", (void *)self);
    if (self->type->poll(self->frame, context) == POLL_PENDING)
        return POLL_PENDING;
    self->frame = NULL;
    return POLL_READY;
}

void dyn_future_drop(struct dyn_future *self)
{
    void *frame = self->frame;

    self->frame = NULL;
    if (frame)
        self->type->drop(frame);
}

void dyn_future_trace(void *self, struct tracer *tracer)
{
    const struct dyn_future *future = self;

    if (dyn_future_is_live(future))
        future_trace(future->type, future->frame, tracer);
}

struct future_set future_set_fill(struct dyn_future *array, uint32_t count, const struct dyn_future *futures,
                                  enum future_order order)
{
    for (uint32_t i = 0; i < count; i++)
        array[i] = futures[i];
    return future_set(array, count, order);
}

uint32_t future_set_count_live(struct future_set set)
{
    uint32_t live = 0;

    for (uint32_t i = 0; i < set.count; i++)
        live += dyn_future_is_live(&set.futures[i]);
    return live;
}

void future_set_drop(struct future_set set)
{
    for (uint32_t i = 0; i < set.count; i++)
        dyn_future_drop(&set.futures[i]);
}

void future_set_trace(struct future_set set, struct tracer *tracer)
{
    for (uint32_t i = 0; i < set.count; i++)
        dyn_future_trace(&set.futures[i], tracer);
}
