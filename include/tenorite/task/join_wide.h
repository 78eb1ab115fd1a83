/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/executor.h>
#include <tenorite/task/join_all.h>

/*
 * A join of any number of futures, in groups that are tasks of their own: a wake polls one group, of at most 64 futures.
 * With as many groups as futures it polls the one future that it is for. Each group costs a header of 64 bytes, allocated
 * at the first poll; the memory of futures and groups stays the caller's, and neither moves.
 *
 *     struct dyn_future futures[1000]; struct join_group groups[JOIN_GROUPS(1000)]; struct join_wide join;
 *
 *     for (uint32_t i = 0; i < COUNT_OF(self->jobs); i++)
 *         self->futures[i] = START(job, &self->jobs[i], i);
 *     AWAIT(join_wide, &self->join, FUTURE_SET(self->futures), self->groups, COUNT_OF(self->groups));
 *     if (self->join.spawn_error) ...
 *
 * Ready when all futures have ended. One that was made by TRY_START and ends with an error ends the join: the others are
 * dropped, the error is in self->join.error, and self->join.failed tells which one it was. If there is no memory for a
 * header, spawn_error says so, and all futures have been dropped. A group whose task somebody else has cancelled leaves
 * no results; self->join.cancelled counts these groups.
 *
 * Dropping the join drops the futures that have not ended, at once: so none of them may cause the drop of the join that it
 * belongs to in its own poll (that panics); it may cancel the task that waits. A poll after completion panics.
 */
struct join_wide;

/* How few groups there may be. */
#define JOIN_GROUPS(count) (((count) + JOIN_ALL_LIMIT - 1) / JOIN_ALL_LIMIT)

struct join_group {
    struct join_all join;
    struct join_wide *wide;
    uint32_t first; /* index of its first future */
    struct task_handle task;
};

struct join_wide {
    struct pin pin;
    struct join_group *groups; /* NULL: ended */
    uint32_t count;
    uint32_t live;      /* groups that have not ended */
    struct waker waker; /* of the task that waits */
    bool is_started;
    enum spawn_error spawn_error;
    uint32_t cancelled;
    uint32_t failed; /* valid if `error` is not 0 */
    unsigned error;  /* 0: none failed */
};

void join_wide_init(struct join_wide *self, struct future_set set, struct join_group *groups, uint32_t group_count);
enum poll join_wide_poll(struct join_wide *self, struct context *context);
void join_wide_drop(struct join_wide *self);
void join_wide_trace(void *self, struct tracer *tracer);
FUTURE_TYPE(join_wide, .trace = join_wide_trace);
