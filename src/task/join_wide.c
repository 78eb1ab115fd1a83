/* SPDX-License-Identifier: MIT */
/*
 * A join whose children are tasks.
 *
 * A child's task polls the child's future, and when that has ended counts it. The last one, or the first that fails, wakes
 * the task that waits; the others end without a word.
 *
 * Invariants
 *   W1  `live` is the number of children whose future is live, until the join has ended
 *   W2  from the first poll of the join on, a child's task is live while its future is
 *   W3  when the join has ended, or was dropped, no task refers to it or to a child any more
 */
#include <tenorite/task/join_wide.h>

static void child_ended(struct join_wide *join)
{
    if (--join->live == 0)
        waker_wake(join->waker);
}

static enum poll join_child_poll(struct join_child *self, struct context *context)
{
    struct join_wide *join = self->join;

    if (self->future.type->poll(self->future.frame, context) == POLL_PENDING)
        return POLL_PENDING;
    self->future.frame = NULL;
    if (UNLIKELY(self->future.error && *self->future.error) && !join->error) {
        join->error = *self->future.error;
        join->failed = (uint32_t)(self - join->children);
        waker_wake(join->waker);
    }
    child_ended(join);
    return POLL_READY;
}

static void join_child_drop(struct join_child *self)
{
    dyn_future_drop(&self->future);
    self->join->cancelled++;
    child_ended(self->join);
}

static void join_child_trace(void *self, struct tracer *tracer)
{
    dyn_future_trace(&((struct join_child *)self)->future, tracer);
}

FUTURE_TYPE(join_child, .trace = join_child_trace);

void join_wide_init(struct join_wide *self, struct join_child *children, uint32_t count)
{
    ASSERT(children, "join_wide: no array");
    pin_init(&self->pin);
    self->children = children;
    self->count = count;
    self->live = 0;
    self->waker = WAKER_NONE;
    self->is_started = false;
    self->spawn_error = SPAWN_OK;
    self->cancelled = 0;
    self->failed = 0;
    self->error = 0;
    for (uint32_t i = 0; i < count; i++) {
        children[i].join = self;
        children[i].task = (struct task_handle){};
        self->live += dyn_future_is_live(&children[i].future);
    }
}

/* Makes tasks of the children; false if one could not get a header. */
static bool start(struct join_wide *self, struct executor *executor)
{
    self->is_started = true;
    for (uint32_t i = 0; i < self->count; i++) {
        struct join_child *child = &self->children[i];
        struct spawn_result spawned;

        if (!dyn_future_is_live(&child->future))
            continue;
        spawned = executor_spawn_borrowed(executor, &join_child_type, child->future.type->name, child);
        child->task = spawned.task;
        self->spawn_error = spawned.error;
        if (spawned.error)
            return false;
    }
    return true;
}

enum poll join_wide_poll(struct join_wide *self, struct context *context)
{
    pin_check(&self->pin, "join_wide");
    ASSERT(self->children, "join_wide %p: polled after completion", (void *)self);
    self->waker = context->waker;
    if ((!self->is_started && !start(self, context->executor)) || self->error) {
        join_wide_drop(self);
        return POLL_READY;
    }
    if (self->live)
        return POLL_PENDING;
    self->children = NULL;
    return POLL_READY;
}

/* A child that has a task is dropped by ending that. */
void join_wide_drop(struct join_wide *self)
{
    struct join_child *children = self->children;
    uint32_t cancelled = self->cancelled;

    pin_check(&self->pin, "join_wide");
    self->children = NULL;
    self->waker = WAKER_NONE;
    for (uint32_t i = 0; children && i < self->count; i++) {
        executor_end_borrowed(children[i].task);
        dyn_future_drop(&children[i].future);
    }
    self->cancelled = cancelled;
}

void join_wide_trace(void *self, struct tracer *tracer)
{
    const struct join_wide *join = self;

    for (uint32_t i = 0; join->children && i < join->count; i++)
        dyn_future_trace(&join->children[i].future, tracer);
}
