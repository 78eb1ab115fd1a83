/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/future.h>

/*
 * Futures made of others and a function, where a coroutine would be too much. Each macro declares `struct name`,
 * name_poll, name_drop and name_type; you write name_init, which initialises name_source(self):
 *
 *     static unsigned digit_of(struct byte_read *read) { return read->result - '0'; }
 *     MAP_FUTURE(read_digit, byte_read, unsigned, digit_of);
 *     static void read_digit_init(struct read_digit *self, struct byte_queue *queue)
 *     {
 *         byte_read_init(read_digit_source(self), queue);
 *     }
 *
 * The calls to the parts are direct. What the parts panic at (a poll after completion) and whether they may move is the
 * whole's too. Further arguments are initialisers of struct future_type.
 */

/* Ready when `child` is; self->result, a `value`, is what `function(struct child *)` then returns. */
#define MAP_FUTURE(name, child, value, function)                                                                     \
    struct name {                                                                                                    \
        struct child source;                                                                                         \
        value result;                                                                                                \
    };                                                                                                               \
    __attribute__((unused)) static struct child *name##_source(struct name *self)                                    \
    {                                                                                                                \
        return &self->source;                                                                                        \
    }                                                                                                                \
    __attribute__((unused)) static enum poll name##_poll(struct name *self, struct context *context)                 \
    {                                                                                                                \
        if (child##_poll(&self->source, context) == POLL_PENDING)                                                    \
            return POLL_PENDING;                                                                                     \
        self->result = function(&self->source);                                                                      \
        return POLL_READY;                                                                                           \
    }                                                                                                                \
    __attribute__((unused)) static void name##_drop(struct name *self)                                               \
    {                                                                                                                \
        child##_drop(&self->source);                                                                                 \
    }                                                                                                                \
    __attribute__((unused)) static void name##_trace(void *self, struct tracer *tracer)                              \
    {                                                                                                                \
        future_trace(&child##_type, &((struct name *)self)->source, tracer);                                         \
    }                                                                                                                \
    FUTURE_TYPE(name, FUTURE_RESULT(name), .trace = name##_trace)

/* First self->source, a `child`; then self->next, a `second`, which `start(struct second *, struct child *)` initialises.
 * The results are in these. A future that is awaited as a task leaves the second's with FUTURE_RESULT_OF_NEXT(name). */
#define THEN_FUTURE(name, child, second, start, ...)                                                                 \
    struct name {                                                                                                    \
        struct child source;                                                                                         \
        struct second next;                                                                                          \
        bool is_source_ready;                                                                                        \
    };                                                                                                               \
    CHAINED_FUTURE(name, child, second, start, CHAIN_ALWAYS __VA_OPT__(, ) __VA_ARGS__)

/* The same if the first succeeds. Both have a member `error` of the same type: the first that is not 0 ends it and is in
 * self->error. */
#define AND_THEN_FUTURE(name, child, second, start, ...)                                                             \
    struct name {                                                                                                    \
        struct child source;                                                                                         \
        struct second next;                                                                                          \
        typeof(((struct child *)NULL)->error) error;                                                                 \
        bool is_source_ready;                                                                                        \
    };                                                                                                               \
    static_assert(                                                                                                   \
        __builtin_types_compatible_p(typeof(((struct child *)NULL)->error), typeof(((struct second *)NULL)->error)), \
        "AND_THEN_FUTURE: both parts have errors of the same type");                                                 \
    CHAINED_FUTURE(name, child, second, start, CHAIN_IF_OK __VA_OPT__(, ) __VA_ARGS__)

#define FUTURE_RESULT_OF_NEXT(future)                                                                                \
    .result_offset = offsetof(struct future, next.result), .result_size = sizeof(((struct future *)NULL)->next.result)

/* The rest of this header serves the macros. */

/* Whether the error of a part, left in self->error, ends the chain. */
#define CHAIN_ALWAYS(self, part) false
#define CHAIN_IF_OK(self, part) ((self)->error = (part)->error) != 0

#define CHAINED_FUTURE(name, child, second, start, fails, ...)                                                       \
    __attribute__((unused)) static struct child *name##_source(struct name *self)                                    \
    {                                                                                                                \
        self->is_source_ready = false;                                                                               \
        return &self->source;                                                                                        \
    }                                                                                                                \
    __attribute__((unused)) static enum poll name##_poll(struct name *self, struct context *context)                 \
    {                                                                                                                \
        if (!self->is_source_ready) {                                                                                \
            if (child##_poll(&self->source, context) == POLL_PENDING)                                                \
                return POLL_PENDING;                                                                                 \
            if (fails(self, &self->source))                                                                          \
                return POLL_READY;                                                                                   \
            self->is_source_ready = true;                                                                            \
            start(&self->next, &self->source);                                                                       \
        }                                                                                                            \
        if (second##_poll(&self->next, context) == POLL_PENDING)                                                     \
            return POLL_PENDING;                                                                                     \
        (void)(fails(self, &self->next));                                                                            \
        return POLL_READY;                                                                                           \
    }                                                                                                                \
    __attribute__((unused)) static void name##_drop(struct name *self)                                               \
    {                                                                                                                \
        if (self->is_source_ready)                                                                                   \
            second##_drop(&self->next);                                                                              \
        else                                                                                                         \
            child##_drop(&self->source);                                                                             \
    }                                                                                                                \
    __attribute__((unused)) static void name##_trace(void *self, struct tracer *tracer)                              \
    {                                                                                                                \
        struct name *chain = (struct name *)self;                                                                    \
        if (chain->is_source_ready)                                                                                  \
            future_trace(&second##_type, &chain->next, tracer);                                                      \
        else                                                                                                         \
            future_trace(&child##_type, &chain->source, tracer);                                                     \
    }                                                                                                                \
    FUTURE_TYPE(name, .trace = name##_trace __VA_OPT__(, ) __VA_ARGS__)
