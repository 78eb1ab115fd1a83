/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/waker.h>

/*
 * A future is a struct, and three functions that carry its name:
 *
 *     void      NAME_init(struct NAME *self, ...);                        sets it up; does nothing yet
 *     enum poll NAME_poll(struct NAME *self, struct context *context);    goes on as far as it can
 *     void      NAME_drop(struct NAME *self);                             gives it up before it is ready
 *
 * The duties of a poll: return POLL_READY and leave the result in the struct; or keep context->waker where an event
 * will wake it, and return POLL_PENDING. It never blocks. A poll without a wake before it is allowed, and then pending
 * again. Who waits, polls: a parent polls the child that is a member of its own struct, by a direct call.
 *
 * The duties of the caller: init comes first; after POLL_READY neither poll nor drop again; drop at most once; after
 * the first poll the struct stays where it is. (Contract K8; coroutines check all of it.)
 *
 * A drop leaves nothing behind that points to the struct. It runs in task context and may not wait.
 */
enum NODISCARD poll { POLL_PENDING, POLL_READY };

struct executor;

/* What a poll is told. Valid only during the poll; the waker may be copied. A coroutine that is dropped runs its cleanup
 * section without: there is no executor then, and no waker. */
struct context {
    struct executor *executor; /* polls this task: its timers, its spawn */
    struct waker waker;        /* wakes this task */
    bool is_cancelled;         /* a coroutine goes straight to its cleanup section */
};

/* A future whose type is known at run time only: what the executor holds. */
struct future_type {
    const char *name;
    size_t size;
    size_t alignment;
    enum poll (*poll)(void *self, struct context *context);
    void (*drop)(void *self);
    unsigned (*awaited_line)(const void *self); /* source line where it waits, 0: has not started; NULL: unknown */
};

/*
 * FUTURE_TYPE(sleep); after the declarations of sleep_poll and sleep_drop defines `sleep_type`, so that a sleep can be
 * a task by itself. ASYNC_FRAME does this for coroutines. The thunks have exactly the types of the two pointers.
 */
#define FUTURE_TYPE(future) FUTURE_TYPE_WITH_LINE(future, NULL)

#define FUTURE_TYPE_WITH_LINE(future, line_function)                                                                 \
    __attribute__((unused)) static enum poll future##_poll_erased(void *self, struct context *context)               \
    {                                                                                                                \
        return future##_poll((struct future *)self, context);                                                        \
    }                                                                                                                \
    __attribute__((unused)) static void future##_drop_erased(void *self)                                             \
    {                                                                                                                \
        future##_drop((struct future *)self);                                                                        \
    }                                                                                                                \
    __attribute__((unused)) static const struct future_type future##_type = {                                        \
        .name = #future,                                                                                             \
        .size = sizeof(struct future),                                                                               \
        .alignment = _Alignof(struct future),                                                                        \
        .poll = future##_poll_erased,                                                                                \
        .drop = future##_drop_erased,                                                                                \
        .awaited_line = (line_function),                                                                             \
    }
