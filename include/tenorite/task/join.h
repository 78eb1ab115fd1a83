/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/executor.h>

/*
 * Waiting for the end of a task that was spawned by SPAWN_JOINABLE, and taking its value:
 *
 *     self->child = SPAWN_JOINABLE(context->executor, adder, "adder", 2, 3).task;
 *     AWAIT(join, &self->join, self->child, JOIN_INTO(&self->sum));
 *     if (self->join.error == JOIN_OK) ... self->sum
 *
 * A handle is 8 bytes, copied freely, and drops nothing: the task runs on whether anybody keeps it or not. But a joinable
 * task that has ended keeps its frame until one join has taken its value or join_detach has given it up; until then
 * `tasks` lists it as ended. The joining task and the joined one are of one executor.
 */
enum NODISCARD join_error {
    JOIN_OK,        /* it completed, and its value has been copied */
    JOIN_CANCELLED, /* it was dropped before it completed; there is no value */
    JOIN_GONE,      /* it was joined before, or detached, or was never joinable */
    JOIN_TAKEN,     /* another join waits for it already; it stays joinable for that one */
};

/* The place for the value; of the type of the future's `result`. JOIN_NOTHING: nobody wants it, and it is freed. */
#define JOIN_INTO(pointer) (pointer), sizeof(*(pointer))
#define JOIN_NOTHING NULL, 0

/* AWAIT(join, &self->join, handle, JOIN_INTO(&value)): ready when the task has ended, or at once with
 * an error; join.error says how. Dropping it leaves the task alone, still joinable.
 * A value of another size than the task's result panics; a poll after completion, too. */
struct join {
    struct task_handle task;
    void *value;
    size_t value_size;
    struct waker registered;
    enum join_error error;
    bool has_ended;
    const char cannot_be_assigned[0];
};

void join_init(struct join *self, struct task_handle task, void *value, size_t value_size);
enum poll join_poll(struct join *self, struct context *context);
void join_drop(struct join *self);
FUTURE_TYPE(join);

/* Gives up the task's value: it is freed with the frame when the task ends, or now. Task context. Does nothing to a task
 * that was joined or detached before. */
void join_detach(struct task_handle task);

/* AWAIT(cancel_and_wait, &self->cancel, handle): cancels a joinable task and is ready when its cleanup section has run.
 * error: JOIN_CANCELLED, or JOIN_OK where it completed first (the value is freed), or JOIN_GONE, or, at once, JOIN_TAKEN: the
 * task is cancelled, but another join waits for that. Dropping it does not
 * take the cancellation back. */
struct cancel_and_wait {
    struct join join;
    enum join_error error;
};

void cancel_and_wait_init(struct cancel_and_wait *self, struct task_handle task);
enum poll cancel_and_wait_poll(struct cancel_and_wait *self, struct context *context);
void cancel_and_wait_drop(struct cancel_and_wait *self);
FUTURE_TYPE(cancel_and_wait);
