/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/dyn_future.h>
#include <tenorite/task/stream.h>

/*
 * BUFFERED_STREAM(fetched, pages, fetch, fetch_page, 4); declares struct fetched: for each item of the stream `pages` the
 * static function `fetch_page(struct fetch *, item)` initialises a future `fetch`; up to 4 of them run at the same time,
 * and their results are the items, in the order of the pages. You write fetched_init, which initialises
 * fetched_source(self). Nothing is allocated: the futures are in the struct. Stays where it is after the first item was
 * asked for.
 */
#define BUFFERED_STREAM(name, stream, future_name, start, capacity)                                                  \
    struct name {                                                                                                    \
        struct buffered buffered;                                                                                    \
        struct stream source;                                                                                        \
        struct dyn_future running[capacity];                                                                         \
        struct future_name futures[capacity];                                                                        \
        typeof(((struct future_name *)NULL)->result) item;                                                           \
    };                                                                                                               \
    [[maybe_unused]] static struct stream *name##_source(struct name *self)                                          \
    {                                                                                                                \
        buffered_init(&self->buffered);                                                                              \
        return &self->source;                                                                                        \
    }                                                                                                                \
    [[maybe_unused]] static struct future_set name##_running(struct name *self)                                      \
    {                                                                                                                \
        return future_set(self->running, (capacity), FUTURES_FAIR);                                                  \
    }                                                                                                                \
    [[maybe_unused]] static enum next name##_next(struct name *self, struct context *context)                        \
    {                                                                                                                \
        struct buffered *buffered = &self->buffered;                                                                 \
        uint32_t index;                                                                                              \
        pin_check(&buffered->pin, #name);                                                                            \
        while (!buffered->has_source_ended && buffered->count < (capacity)) {                                        \
            enum next got = stream##_next(&self->source, context);                                                   \
            if (got == NEXT_PENDING)                                                                                 \
                break;                                                                                               \
            buffered->has_source_ended = got == NEXT_END;                                                            \
            if (got == NEXT_ITEM) {                                                                                  \
                index = future_set_rotated(name##_running(self), buffered->first, buffered->count++);                \
                start(&self->futures[index], self->source.item);                                                     \
                self->running[index] = DYN_FUTURE(future_name, &self->futures[index]);                               \
            }                                                                                                        \
        }                                                                                                            \
        index = buffered->first;                                                                                     \
        enum next next = buffered_poll(buffered, name##_running(self), context);                                     \
        if (next == NEXT_ITEM)                                                                                       \
            self->item = self->futures[index].result;                                                                \
        return next;                                                                                                 \
    }                                                                                                                \
    [[maybe_unused]] static struct size_hint name##_size_hint(const struct name *self)                               \
    {                                                                                                                \
        return buffered_size_hint(&self->buffered, stream##_size_hint(&self->source));                               \
    }                                                                                                                \
    [[maybe_unused]] static void name##_drop(struct name *self)                                                      \
    {                                                                                                                \
        buffered_drop(&self->buffered, name##_running(self));                                                        \
        stream##_drop(&self->source);                                                                                \
    }                                                                                                                \
    [[maybe_unused]] static void name##_trace(void *self, struct tracer *tracer)                                     \
    {                                                                                                                \
        struct name *stream_of_futures = (struct name *)self;                                                        \
        future_trace(&stream##_stream.future, &stream_of_futures->source, tracer);                                   \
        buffered_trace(&stream_of_futures->buffered, name##_running(stream_of_futures), tracer);                     \
    }                                                                                                                \
    STREAM_TYPE(name, .trace = name##_trace)

/* The rest of this header serves the macro. */

/* `count` entries of a ring, from `first` on, hold futures, running or ended; the others are not initialised. */
struct buffered {
    struct pin pin;
    uint32_t first;
    uint32_t count;
    bool has_source_ended;
};

void buffered_init(struct buffered *self);

/* NEXT_ITEM: the first one has ended and is no longer counted. Polls each that runs, unless that one had ended before. */
enum next buffered_poll(struct buffered *self, struct future_set ring, struct context *context);
struct size_hint buffered_size_hint(const struct buffered *self, struct size_hint source);
void buffered_drop(struct buffered *self, struct future_set ring);
void buffered_trace(const struct buffered *self, struct future_set ring, struct tracer *tracer);
