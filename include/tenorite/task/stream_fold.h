/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/stream.h>

/*
 * Futures that take all items of a stream. Each macro declares `struct name`, name_poll, name_drop and name_type; you
 * write name_init, which initialises name_source(self). They are ready when the stream has ended. Dropping one drops the
 * stream.
 */

/* self->result is what `function(accumulator, item)` makes of `initial` and the items, in their order. */
#define FOLD_FUTURE(name, stream, accumulator, function)                                                             \
    struct name {                                                                                                    \
        struct stream source;                                                                                        \
        accumulator result;                                                                                          \
    };                                                                                                               \
    __attribute__((unused)) static struct stream *name##_source(struct name *self, accumulator initial)              \
    {                                                                                                                \
        self->result = initial;                                                                                      \
        return &self->source;                                                                                        \
    }                                                                                                                \
    CONSUMING_FUTURE(name, stream, self->result = function(self->result, self->source.item), FUTURE_RESULT(name))

/* Calls `function(struct name *self, item)`, a static function that you write afterwards, for each item. The further
 * arguments are the members of the struct that it may use; name_init sets them. */
#define FOR_EACH_FUTURE(name, stream, function, ...)                                                                 \
    struct name {                                                                                                    \
        struct stream source;                                                                                        \
        __VA_ARGS__                                                                                                  \
    };                                                                                                               \
    static void function(struct name *self, ITEM_OF(stream) item);                                                   \
    __attribute__((unused)) static struct stream *name##_source(struct name *self)                                   \
    {                                                                                                                \
        return &self->source;                                                                                        \
    }                                                                                                                \
    CONSUMING_FUTURE(name, stream, function(self, self->source.item))

/* The rest of this header serves the macros. */
#define CONSUMING_FUTURE(name, stream, consume, ...)                                                                 \
    __attribute__((unused)) static enum poll name##_poll(struct name *self, struct context *context)                 \
    {                                                                                                                \
        enum next next;                                                                                              \
        while ((next = stream##_next(&self->source, context)) == NEXT_ITEM)                                          \
            consume;                                                                                                 \
        return next == NEXT_END ? POLL_READY : POLL_PENDING;                                                         \
    }                                                                                                                \
    __attribute__((unused)) static void name##_drop(struct name *self)                                               \
    {                                                                                                                \
        stream##_drop(&self->source);                                                                                \
    }                                                                                                                \
    __attribute__((unused)) static void name##_trace(void *self, struct tracer *tracer)                              \
    {                                                                                                                \
        future_trace(&stream##_stream.future, &((struct name *)self)->source, tracer);                               \
    }                                                                                                                \
    FUTURE_TYPE(name, .trace = name##_trace __VA_OPT__(, ) __VA_ARGS__)
