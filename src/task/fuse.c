/* SPDX-License-Identifier: MIT */
#include <tenorite/task/fuse.h>

void fuse_init(struct fuse *self, struct dyn_future source)
{
    self->source = source;
}

enum poll fuse_poll(struct fuse *self, struct context *context)
{
    return fuse_has_ended(self) ? POLL_PENDING : dyn_future_poll(&self->source, context);
}

void fuse_drop(struct fuse *self)
{
    dyn_future_drop(&self->source);
}

void fuse_trace(void *self, struct tracer *tracer)
{
    dyn_future_trace(&((struct fuse *)self)->source, tracer);
}
