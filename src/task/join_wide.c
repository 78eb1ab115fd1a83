/* SPDX-License-Identifier: MIT */
/*
 * A join of joins, each of which is a task.
 *
 * A group's task polls a join_all and counts the group when that has ended. The last one, or the first that fails, wakes
 * the task that waits; the others end without a word.
 *
 * Invariants
 *   W1  `live` is the number of groups whose join_all has a live future, until the join has ended
 *   W2  from the first poll of the join on, a group's task is live while its join_all is
 *   W3  when the join has ended, or was dropped, no task refers to it or to a group any more
 */
#include <tenorite/lib/panic.h>
#include <tenorite/task/join_wide.h>

static void group_ended(struct join_wide *wide)
{
    if (--wide->live == 0)
        waker_wake(wide->waker);
}

static enum poll join_group_poll(struct join_group *self, struct context *context)
{
    struct join_wide *wide = self->wide;

    if (join_all_poll(&self->join, context) == POLL_PENDING)
        return POLL_PENDING;
    if (self->join.error && !wide->error) {
        wide->error = self->join.error;
        wide->failed = self->first + self->join.failed;
        waker_wake(wide->waker);
    }
    group_ended(wide);
    return POLL_READY;
}

static void join_group_drop(struct join_group *self)
{
    join_all_drop(&self->join);
    self->wide->cancelled++;
    group_ended(self->wide);
}

static void join_group_trace(void *self, struct tracer *tracer)
{
    join_all_trace(&((struct join_group *)self)->join, tracer);
}

FUTURE_TYPE(join_group, .trace = join_group_trace);

/* The futures from `first` on, `size` of them or what is left. */
static struct future_set share(struct future_set set, uint32_t first, uint32_t size)
{
    first = first < set.count ? first : set.count;
    size = size < set.count - first ? size : set.count - first;
    return future_set(set.futures + first, size, set.order);
}

void join_wide_init(struct join_wide *self, struct future_set set, struct join_group *groups, uint32_t group_count)
{
    uint32_t size = group_count ? set.count / group_count + (set.count % group_count != 0) : 0;

    ASSERT(group_count || !set.count, "join_wide: %u futures, no groups", set.count);
    pin_init(&self->pin);
    self->groups = groups;
    self->count = group_count;
    self->live = 0;
    self->waker = WAKER_NONE;
    self->is_started = false;
    self->spawn_error = SPAWN_OK;
    self->cancelled = 0;
    self->failed = 0;
    self->error = 0;
    for (uint32_t i = 0; i < group_count; i++) {
        join_all_init(&groups[i].join, share(set, i * size, size));
        groups[i].wide = self;
        groups[i].first = i * size;
        groups[i].task = (struct task_handle){};
        self->live += groups[i].join.live > 0;
    }
}

/* Makes tasks of the groups; false if one could not get a header. */
static bool start(struct join_wide *self, struct executor *executor)
{
    self->is_started = true;
    for (uint32_t i = 0; i < self->count; i++) {
        struct join_group *group = &self->groups[i];
        struct spawn_result spawned;

        if (!group->join.live)
            continue;
        spawned = executor_spawn_borrowed(executor, &join_group_type, NULL, group);
        group->task = spawned.task;
        self->spawn_error = spawned.error;
        if (spawned.error)
            return false;
    }
    return true;
}

enum poll join_wide_poll(struct join_wide *self, struct context *context)
{
    pin_check(&self->pin, "join_wide");
    ASSERT(self->groups, "join_wide %p: polled after completion", (void *)self);
    self->waker = context->waker;
    if ((!self->is_started && !start(self, context->executor)) || self->error) {
        join_wide_drop(self);
        return POLL_READY;
    }
    if (self->live)
        return POLL_PENDING;
    self->groups = NULL;
    return POLL_READY;
}

/* A group that has a task is dropped by ending that. */
void join_wide_drop(struct join_wide *self)
{
    struct join_group *groups = self->groups;
    uint32_t cancelled = self->cancelled;

    pin_check(&self->pin, "join_wide");
    self->groups = NULL;
    self->waker = WAKER_NONE;
    for (uint32_t i = 0; groups && i < self->count; i++) {
        executor_end_borrowed(groups[i].task);
        join_all_drop(&groups[i].join);
    }
    self->cancelled = cancelled;
}

void join_wide_trace(void *self, struct tracer *tracer)
{
    const struct join_wide *join = self;

    for (uint32_t i = 0; join->groups && i < join->count; i++)
        join_all_trace(&join->groups[i].join, tracer);
}
