/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/dyn_future.h>
#include <tenorite/task/executor.h>

/*
 * A join of any number of futures, each of which becomes a task of its own: a wake polls the one child that it is for.
 * (join_all polls all that have not ended, which is faster for a few.) The frames stay the caller's; only headers are
 * allocated, 64 bytes each, at the first poll.
 *
 *     for (uint32_t i = 0; i < COUNT_OF(self->jobs); i++)
 *         self->children[i].future = START(job, &self->jobs[i], i);
 *     AWAIT(join_wide, &self->join, self->children, COUNT_OF(self->children));
 *     if (self->join.spawn_error) ...
 *
 * Ready when all children have ended. A child that was made by TRY_START and ends with an error ends the join: the others
 * are dropped, the error is in self->join.error, and self->join.failed tells which child it was. If there is no memory for
 * a header, spawn_error says so, and all children have been dropped. A child whose task somebody else has cancelled has no
 * result; self->join.cancelled counts them.
 *
 * Dropping the join drops the children that have not ended, at once: so a child may not cause the drop of the join that it
 * belongs to in its own poll (that panics); it may cancel the task that waits. A poll after completion panics.
 */
struct join_wide;

struct join_child {
    struct dyn_future future; /* set by the caller; NO_FUTURE counts as ended */
    struct join_wide *join;
    struct task_handle task;
};

struct join_wide {
    struct pin pin;
    struct join_child *children; /* NULL: ended */
    uint32_t count;
    uint32_t live;
    struct waker waker; /* of the task that waits */
    bool is_started;
    enum spawn_error spawn_error;
    uint32_t cancelled;
    uint32_t failed; /* valid if `error` is not 0 */
    unsigned error;  /* 0: none failed */
};

void join_wide_init(struct join_wide *self, struct join_child *children, uint32_t count);
enum poll join_wide_poll(struct join_wide *self, struct context *context);
void join_wide_drop(struct join_wide *self);
void join_wide_trace(void *self, struct tracer *tracer);
FUTURE_TYPE(join_wide, .trace = join_wide_trace);
