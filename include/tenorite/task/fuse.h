/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/dyn_future.h>

/*
 * A future that may be polled after completion: then it is pending for ever, and wakes nobody. It may move; what it points
 * to may not. (A select needs none: it passes over what has ended.)
 *
 *     fuse_init(&self->fuse, START(sleep, &self->nap, SECONDS(1)));
 */
struct fuse {
    struct dyn_future source;
};

void fuse_init(struct fuse *self, struct dyn_future source);
enum poll fuse_poll(struct fuse *self, struct context *context);
void fuse_drop(struct fuse *self); /* any number of times */
void fuse_trace(void *self, struct tracer *tracer);
MOVABLE_FUTURE_TYPE(fuse, .trace = fuse_trace);

ALWAYS_INLINE bool fuse_has_ended(const struct fuse *self)
{
    return !dyn_future_is_live(&self->source);
}
