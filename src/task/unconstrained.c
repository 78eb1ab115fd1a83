/* SPDX-License-Identifier: MIT */
#include <tenorite/task/budget.h>
#include <tenorite/task/unconstrained.h>

void unconstrained_init(struct unconstrained *self, struct dyn_future source)
{
    self->source = source;
}

enum poll unconstrained_poll(struct unconstrained *self, struct context *context)
{
    uint32_t left = budget_left(context);
    enum poll poll;

    budget_set(context, UINT32_MAX);
    poll = dyn_future_poll(&self->source, context);
    budget_set(context, left);
    return poll;
}

void unconstrained_drop(struct unconstrained *self)
{
    dyn_future_drop(&self->source);
}

void unconstrained_trace(void *self, struct tracer *tracer)
{
    dyn_future_trace(&((struct unconstrained *)self)->source, tracer);
}
