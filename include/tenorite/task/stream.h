/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/pin.h>

/*
 * A stream gives items one after the other: a future that becomes ready more than once. It is a struct with a member
 * `item`, and four functions that carry its name:
 *
 *     void             NAME_init(struct NAME *self, ...);
 *     enum next        NAME_next(struct NAME *self, struct context *context);    the item is in self->item
 *     struct size_hint NAME_size_hint(const struct NAME *self);                  how many items are still to come
 *     void             NAME_drop(struct NAME *self);
 *
 * The duties are those of a future (future.h), with these differences: after NEXT_ITEM it is asked again whenever the
 * next item is wanted, and the item holds until then; after NEXT_END nothing is left to drop and it may not be asked again
 * (a generator panics, an adapter may repeat NEXT_END); NAME_drop may be called at any time after NAME_init, any number of times, so that the cleanup section of
 * a coroutine that owns a stream simply calls it.
 *
 * STREAM_TYPE(NAME); after the declarations defines `NAME_stream`. In a coroutine:
 *
 *     for (;;) {
 *         AWAIT(stream_next, &self->next, STREAM(numbers, &self->numbers));
 *         if (self->next.result == NEXT_END)
 *             break;
 *         use(self->numbers.item);
 *     }
 *
 * Who writes them: generator.h. What is made of others: stream_adapters.h. What becomes of them: stream_fold.h.
 */
enum NODISCARD next { NEXT_PENDING, NEXT_ITEM, NEXT_END };

struct size_hint {
    size_t least;
    size_t most; /* SIZE_MAX: unknown */
};

#define SIZE_HINT_UNKNOWN ((struct size_hint){.least = 0, .most = SIZE_MAX})

/* A stream whose type is known at run time only. */
struct stream_type {
    struct future_type future; /* name, size, alignment, drop, awaited_line, trace; its poll asks for one item */
    enum next (*next)(void *self, struct context *context);
    struct size_hint (*size_hint)(const void *self);
    size_t item_offset, item_size;
};

#define STREAM_TYPE(stream, ...)                                                                                     \
    __attribute__((unused)) static enum next stream##_next_erased(void *self, struct context *context)               \
    {                                                                                                                \
        return stream##_next((struct stream *)self, context);                                                        \
    }                                                                                                                \
    __attribute__((unused)) static enum poll stream##_poll_erased(void *self, struct context *context)               \
    {                                                                                                                \
        return stream##_next((struct stream *)self, context) == NEXT_PENDING ? POLL_PENDING : POLL_READY;            \
    }                                                                                                                \
    __attribute__((unused)) static void stream##_drop_erased(void *self)                                             \
    {                                                                                                                \
        stream##_drop((struct stream *)self);                                                                        \
    }                                                                                                                \
    __attribute__((unused)) static struct size_hint stream##_size_hint_erased(const void *self)                      \
    {                                                                                                                \
        return stream##_size_hint((const struct stream *)self);                                                      \
    }                                                                                                                \
    __attribute__((unused)) static const struct stream_type stream##_stream = {                                      \
        .future = {.name = #stream,                                                                                  \
                   .size = sizeof(struct stream),                                                                    \
                   .alignment = _Alignof(struct stream),                                                             \
                   .poll = stream##_poll_erased,                                                                     \
                   .drop = stream##_drop_erased __VA_OPT__(, ) __VA_ARGS__},                                         \
        .next = stream##_next_erased,                                                                                \
        .size_hint = stream##_size_hint_erased,                                                                      \
        .item_offset = offsetof(struct stream, item),                                                                \
        .item_size = sizeof(((struct stream *)NULL)->item)}

/* A pointer to a stream, with its type. Does not own it. */
struct dyn_stream {
    const struct stream_type *type;
    void *frame;
};

#define STREAM(stream, pointer)                                                                                      \
    ((struct dyn_stream){.type = &stream##_stream, .frame = *(struct stream *[]){pointer}})

/* The type of a stream's items. */
#define ITEM_OF(stream) typeof(((struct stream *)NULL)->item)

/* Ready when the stream has an item or has ended. Dropping it leaves the stream as it is. A poll after completion
 * panics. */
struct stream_next {
    struct dyn_stream stream; /* frame == NULL: ended */
    enum next result;         /* NEXT_ITEM or NEXT_END */
};

void stream_next_init(struct stream_next *self, struct dyn_stream stream);
enum poll stream_next_poll(struct stream_next *self, struct context *context);
void stream_next_drop(struct stream_next *self);
void stream_next_trace(void *self, struct tracer *tracer);
MOVABLE_FUTURE_TYPE(stream_next, FUTURE_RESULT(stream_next), .trace = stream_next_trace);
