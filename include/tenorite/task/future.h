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

/* What a coroutine is called for. Futures that are written by hand are only ever polled. */
enum context_request {
    CONTEXT_POLL,
    CONTEXT_DROP,  /* go straight to the cleanup section, without executor and waker */
    CONTEXT_TRACE, /* show the child that is awaited, change nothing; the context is a tracer's */
};

/* What a poll is told. Valid only during the poll; the waker may be copied. */
struct context {
    struct executor *executor; /* polls this task: its timers, its spawn */
    struct waker waker;        /* wakes this task */
    enum context_request request;
};

/* Has the task that is being polled polled again, behind those that are ready: waker_wake(context->waker), but faster. */
void context_wake(struct context *context);

struct tracer;

/* A future whose type is known at run time only: what the executor holds. */
struct future_type {
    const char *name;
    size_t size;
    size_t alignment;
    enum poll (*poll)(void *self, struct context *context);
    void (*drop)(void *self);
    unsigned (*awaited_line)(const void *self);       /* source line where it waits, 0: not started; NULL: unknown */
    void (*trace)(void *self, struct tracer *tracer); /* future_trace for each child that it waits for; NULL: none */
    size_t result_offset, result_size;                /* of what a poll that is ready leaves; size 0: nothing */
    void (*drop_result)(void *result);                /* frees what nobody takes; NULL: nothing to free */
};

/*
 * FUTURE_TYPE(sleep); after the declarations of sleep_poll and sleep_drop defines `sleep_type`, so that a sleep can be
 * a task by itself. ASYNC_FRAME does this for coroutines. The thunks have exactly the types of the two pointers. Further
 * arguments are initialisers of struct future_type: FUTURE_TYPE(byte_read, FUTURE_RESULT(byte_read));
 */
#define FUTURE_TYPE(future, ...)                                                                                     \
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
        .drop = future##_drop_erased __VA_OPT__(, ) __VA_ARGS__}

/* The future leaves its result in its member `result`. */
#define FUTURE_RESULT(future)                                                                                        \
    .result_offset = offsetof(struct future, result), .result_size = sizeof(((struct future *)NULL)->result)

/*
 * Follows who waits for whom: `visit` is called for a future, then, one deeper, for each child that it waits for. The
 * future must not be in the middle of a poll. Task context, on the CPU that polls it. Cost: one call a future.
 */
struct tracer {
    struct context context; /* tracer_init sets it */
    void (*visit)(struct tracer *tracer, const struct future_type *type, const void *future);
    unsigned depth; /* of the future that is visited: 0 is the first */
};

void tracer_init(struct tracer *tracer,
                 void (*visit)(struct tracer *tracer, const struct future_type *type, const void *future));
void future_trace(const struct future_type *type, void *future, struct tracer *tracer);

/* The tracer that a context with CONTEXT_TRACE belongs to. */
ALWAYS_INLINE struct tracer *tracer_of(struct context *context)
{
    return CONTAINER_OF(context, struct tracer, context);
}
