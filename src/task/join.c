/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/text.h>
#include <tenorite/task/join.h>

#include "task.h"

void join_init(struct join *self, struct task_handle task, void *value, size_t value_size)
{
    self->task = task;
    self->value = value;
    self->value_size = value_size;
    self->registered = WAKER_NONE;
    self->error = JOIN_GONE;
    self->has_ended = false;
}

/* The joinable task that a handle names and that nobody has given up, or NULL. */
static struct task *find(struct task_handle handle)
{
    struct task *task = task_slot_of(handle.bits);
    uint32_t state = task ? task_state_load(task) : 0;
    bool is_there = task && task_is_of(state, handle.bits, TASK_LIVE | TASK_FINISHED);

    return is_there && (state & TASK_JOINABLE) && !joinable_of(task->frame)->is_detached ? task : NULL;
}

static void *result_of(const struct task *task)
{
    return (char *)task->frame + task->type->result_offset;
}

static void drop_result(const struct task *task)
{
    if (!joinable_of(task->frame)->was_cancelled && task->type->drop_result)
        task->type->drop_result(result_of(task));
}

static enum join_error take(struct join *self, struct task *task)
{
    enum join_error error = joinable_of(task->frame)->was_cancelled ? JOIN_CANCELLED : JOIN_OK;

    if (!self->value)
        drop_result(task);
    else if (error == JOIN_OK)
        memcpy(self->value, result_of(task), self->value_size);
    task_release_finished(task);
    return error;
}

static void check_join(const struct join *self, const struct task *task, const struct context *context)
{
    ASSERT(task->executor == context->executor, "join of task %u of another executor", task->id);
    ASSERT(!self->value || self->value_size == task->type->result_size,
           "join of %s, whose result has %zu bytes, into %zu", task->type->name, task->type->result_size,
           self->value_size);
}

/* Whether `waker` is now what the end of the task wakes. False: another join waits, of whatever task. */
static bool wait_for(const struct join *self, struct task *task, struct waker waker)
{
    struct waker_slot *joiner = &joinable_of(task->frame)->joiner;

    if (joiner->bits && joiner->bits != self->registered.bits)
        return false;
    waker_slot_register(joiner, waker);
    return true;
}

enum poll join_poll(struct join *self, struct context *context)
{
    struct task *task = find(self->task);

    ASSERT(!self->has_ended, "join %p: polled after completion", (void *)self);
    if (task) {
        check_join(self, task, context);
        if (task_state_load(task) & TASK_FINISHED) {
            self->error = take(self, task);
        } else if (wait_for(self, task, context->waker)) {
            self->registered = context->waker;
            return POLL_PENDING;
        } else {
            self->error = JOIN_TAKEN;
        }
    }
    self->has_ended = true;
    return POLL_READY;
}

void join_drop(struct join *self)
{
    struct task *task = find(self->task);

    if (task && !self->has_ended)
        waker_slot_forget(&joinable_of(task->frame)->joiner, self->registered);
    self->has_ended = true;
}

void join_detach(struct task_handle handle)
{
    struct task *task = find(handle);

    if (!task)
        return;
    if (task_state_load(task) & TASK_FINISHED) {
        drop_result(task);
        task_release_finished(task);
    } else {
        joinable_of(task->frame)->is_detached = true;
        waker_slot_wake(&joinable_of(task->frame)->joiner);
    }
}

void cancel_and_wait_init(struct cancel_and_wait *self, struct task_handle task)
{
    join_init(&self->join, task, JOIN_NOTHING);
    self->error = JOIN_GONE;
}

enum poll cancel_and_wait_poll(struct cancel_and_wait *self, struct context *context)
{
    (void)executor_cancel(self->join.task); /* too late: the join says how it ended */
    if (join_poll(&self->join, context) == POLL_PENDING)
        return POLL_PENDING;
    self->error = self->join.error;
    return POLL_READY;
}

void cancel_and_wait_drop(struct cancel_and_wait *self)
{
    join_drop(&self->join);
}
