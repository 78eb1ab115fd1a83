/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/stream.h>

/*
 * Streams made of others. Each macro declares `struct name` with the member `source` (or `left` and `right`), name_next,
 * name_size_hint, name_drop and name_stream; the calls to the parts are direct, and nothing is allocated. You write
 * name_init, which initialises what name_source(self) returns (or, after name_begin(self), &self->left and &self->right):
 *
 *     static bool is_even(unsigned number) { return number % 2 == 0; }
 *     FILTER_STREAM(even_numbers, numbers, is_even);
 *     static void even_numbers_init(struct even_numbers *self, unsigned last)
 *     {
 *         numbers_init(even_numbers_source(self), last);
 *     }
 *
 * Functions get items by value. An adapter that ends before its parts do drops them first. Whether it may move is decided
 * by its parts.
 */

/* `function(item)` of each item, as a `value`. */
#define MAP_STREAM(name, stream, value, function)                                                                    \
    struct name {                                                                                                    \
        struct stream source;                                                                                        \
        value item;                                                                                                  \
    };                                                                                                               \
    [[maybe_unused]] static struct stream *name##_source(struct name *self)                                          \
    {                                                                                                                \
        return &self->source;                                                                                        \
    }                                                                                                                \
    [[maybe_unused]] static enum next name##_next(struct name *self, struct context *context)                        \
    {                                                                                                                \
        enum next next = stream##_next(&self->source, context);                                                      \
        if (next == NEXT_ITEM)                                                                                       \
            self->item = function(self->source.item);                                                                \
        return next;                                                                                                 \
    }                                                                                                                \
    [[maybe_unused]] static struct size_hint name##_size_hint(const struct name *self)                               \
    {                                                                                                                \
        return stream##_size_hint(&self->source);                                                                    \
    }                                                                                                                \
    STREAM_OF_ONE(name, stream)

/* The items for which `function(item)` is true. */
#define FILTER_STREAM(name, stream, function)                                                                        \
    struct name {                                                                                                    \
        struct stream source;                                                                                        \
        ITEM_OF(stream) item;                                                                                        \
    };                                                                                                               \
    [[maybe_unused]] static struct stream *name##_source(struct name *self)                                          \
    {                                                                                                                \
        return &self->source;                                                                                        \
    }                                                                                                                \
    [[maybe_unused]] static enum next name##_next(struct name *self, struct context *context)                        \
    {                                                                                                                \
        enum next next;                                                                                              \
        do                                                                                                           \
            next = stream##_next(&self->source, context);                                                            \
        while (next == NEXT_ITEM && !function(self->source.item));                                                   \
        if (next == NEXT_ITEM)                                                                                       \
            self->item = self->source.item;                                                                          \
        return next;                                                                                                 \
    }                                                                                                                \
    [[maybe_unused]] static struct size_hint name##_size_hint(const struct name *self)                               \
    {                                                                                                                \
        return (struct size_hint){0, stream##_size_hint(&self->source).most};                                        \
    }                                                                                                                \
    STREAM_OF_ONE(name, stream)

/* The first items, at most as many as name_source(self, limit) says. The source is not asked for more than that. */
#define TAKE_STREAM(name, stream)                                                                                    \
    struct name {                                                                                                    \
        struct stream source;                                                                                        \
        ITEM_OF(stream) item;                                                                                        \
        size_t left;                                                                                                 \
    };                                                                                                               \
    [[maybe_unused]] static struct stream *name##_source(struct name *self, size_t limit)                            \
    {                                                                                                                \
        self->left = limit;                                                                                          \
        return &self->source;                                                                                        \
    }                                                                                                                \
    [[maybe_unused]] static enum next name##_next(struct name *self, struct context *context)                        \
    {                                                                                                                \
        enum next next;                                                                                              \
        if (!self->left) {                                                                                           \
            stream##_drop(&self->source);                                                                            \
            return NEXT_END;                                                                                         \
        }                                                                                                            \
        next = stream##_next(&self->source, context);                                                                \
        if (next == NEXT_ITEM) {                                                                                     \
            self->item = self->source.item;                                                                          \
            self->left--;                                                                                            \
        }                                                                                                            \
        return next;                                                                                                 \
    }                                                                                                                \
    [[maybe_unused]] static struct size_hint name##_size_hint(const struct name *self)                               \
    {                                                                                                                \
        return size_hint_smaller(stream##_size_hint(&self->source), (struct size_hint){self->left, self->left});     \
    }                                                                                                                \
    STREAM_OF_ONE(name, stream)

/* Arrays of `capacity` items: self->item.items, of which self->item.count are there, fewer than `capacity` in the last one
 * only and never 0. */
#define CHUNKS_STREAM(name, stream, capacity)                                                                        \
    struct name##_item {                                                                                             \
        size_t count;                                                                                                \
        ITEM_OF(stream) items[capacity];                                                                             \
    };                                                                                                               \
    struct name {                                                                                                    \
        struct stream source;                                                                                        \
        struct name##_item item;                                                                                     \
        bool is_taken;                                                                                               \
        bool has_source_ended;                                                                                       \
    };                                                                                                               \
    [[maybe_unused]] static struct stream *name##_source(struct name *self)                                          \
    {                                                                                                                \
        self->item.count = 0;                                                                                        \
        self->is_taken = self->has_source_ended = false;                                                             \
        return &self->source;                                                                                        \
    }                                                                                                                \
    [[maybe_unused]] static enum next name##_next(struct name *self, struct context *context)                        \
    {                                                                                                                \
        if (self->is_taken)                                                                                          \
            self->item.count = 0;                                                                                    \
        self->is_taken = false;                                                                                      \
        while (!self->has_source_ended && self->item.count < (capacity)) {                                           \
            enum next next = stream##_next(&self->source, context);                                                  \
            if (next == NEXT_PENDING)                                                                                \
                return NEXT_PENDING;                                                                                 \
            if (next == NEXT_ITEM)                                                                                   \
                self->item.items[self->item.count++] = self->source.item;                                            \
            else                                                                                                     \
                self->has_source_ended = true;                                                                       \
        }                                                                                                            \
        self->is_taken = true;                                                                                       \
        return self->item.count ? NEXT_ITEM : NEXT_END;                                                              \
    }                                                                                                                \
    [[maybe_unused]] static struct size_hint name##_size_hint(const struct name *self)                               \
    {                                                                                                                \
        if (self->has_source_ended)                                                                                  \
            return (struct size_hint){};                                                                             \
        return size_hint_in_chunks(stream##_size_hint(&self->source), self->is_taken ? 0 : self->item.count,         \
                                   (capacity));                                                                      \
    }                                                                                                                \
    STREAM_OF_ONE(name, stream)

/* Pairs, self->item.left and self->item.right, until one of the two streams ends; the other is dropped then. */
#define ZIP_STREAM(name, left_stream, right_stream)                                                                  \
    struct name##_item {                                                                                             \
        ITEM_OF(left_stream) left;                                                                                   \
        ITEM_OF(right_stream) right;                                                                                 \
    };                                                                                                               \
    struct name {                                                                                                    \
        struct left_stream left;                                                                                     \
        struct right_stream right;                                                                                   \
        struct name##_item item;                                                                                     \
        enum next left_next, right_next;                                                                             \
    };                                                                                                               \
    [[maybe_unused]] static void name##_begin(struct name *self)                                                     \
    {                                                                                                                \
        self->left_next = self->right_next = NEXT_PENDING;                                                           \
    }                                                                                                                \
    [[maybe_unused]] static void name##_drop(struct name *self)                                                      \
    {                                                                                                                \
        left_stream##_drop(&self->left);                                                                             \
        right_stream##_drop(&self->right);                                                                           \
    }                                                                                                                \
    [[maybe_unused]] static enum next name##_next(struct name *self, struct context *context)                        \
    {                                                                                                                \
        if (self->left_next == NEXT_PENDING)                                                                         \
            self->left_next = left_stream##_next(&self->left, context);                                              \
        if (self->right_next == NEXT_PENDING && self->left_next != NEXT_END)                                         \
            self->right_next = right_stream##_next(&self->right, context);                                           \
        if (self->left_next == NEXT_END || self->right_next == NEXT_END) {                                           \
            name##_drop(self);                                                                                       \
            return NEXT_END;                                                                                         \
        }                                                                                                            \
        if (self->left_next == NEXT_PENDING || self->right_next == NEXT_PENDING)                                     \
            return NEXT_PENDING;                                                                                     \
        self->item = (struct name##_item){self->left.item, self->right.item};                                        \
        name##_begin(self);                                                                                          \
        return NEXT_ITEM;                                                                                            \
    }                                                                                                                \
    [[maybe_unused]] static struct size_hint name##_size_hint(const struct name *self)                               \
    {                                                                                                                \
        return size_hint_smaller(                                                                                    \
            size_hint_sum(left_stream##_size_hint(&self->left), SIZE_HINT_OF_NEXT(self->left_next)),                 \
            size_hint_sum(right_stream##_size_hint(&self->right), SIZE_HINT_OF_NEXT(self->right_next)));             \
    }                                                                                                                \
    STREAM_OF_TWO(name, left_stream, right_stream)

/* The items of two streams of the same type as they come, until both have ended. Fair: where both have an item, they take
 * turns. */
#define MERGE_STREAM(name, left_stream, right_stream)                                                                \
    struct name {                                                                                                    \
        struct left_stream left;                                                                                     \
        struct right_stream right;                                                                                   \
        ITEM_OF(left_stream) item;                                                                                   \
        bool is_right_first, has_left_ended, has_right_ended;                                                        \
    };                                                                                                               \
    [[maybe_unused]] static void name##_begin(struct name *self)                                                     \
    {                                                                                                                \
        self->is_right_first = self->has_left_ended = self->has_right_ended = false;                                 \
    }                                                                                                                \
    [[maybe_unused]] static void name##_drop(struct name *self)                                                      \
    {                                                                                                                \
        left_stream##_drop(&self->left);                                                                             \
        right_stream##_drop(&self->right);                                                                           \
    }                                                                                                                \
    [[maybe_unused]] static bool name##_take_left(struct name *self, struct context *context)                        \
    {                                                                                                                \
        enum next next = self->has_left_ended ? NEXT_END : left_stream##_next(&self->left, context);                 \
        if (next == NEXT_ITEM)                                                                                       \
            self->item = self->left.item;                                                                            \
        self->has_left_ended = next == NEXT_END;                                                                     \
        return next == NEXT_ITEM;                                                                                    \
    }                                                                                                                \
    [[maybe_unused]] static bool name##_take_right(struct name *self, struct context *context)                       \
    {                                                                                                                \
        enum next next = self->has_right_ended ? NEXT_END : right_stream##_next(&self->right, context);              \
        if (next == NEXT_ITEM)                                                                                       \
            self->item = self->right.item;                                                                           \
        self->has_right_ended = next == NEXT_END;                                                                    \
        return next == NEXT_ITEM;                                                                                    \
    }                                                                                                                \
    [[maybe_unused]] static enum next name##_next(struct name *self, struct context *context)                        \
    {                                                                                                                \
        bool is_right_first = self->is_right_first;                                                                  \
        self->is_right_first = !is_right_first;                                                                      \
        if (is_right_first ? name##_take_right(self, context) : name##_take_left(self, context))                     \
            return NEXT_ITEM;                                                                                        \
        if (is_right_first ? name##_take_left(self, context) : name##_take_right(self, context))                     \
            return NEXT_ITEM;                                                                                        \
        return self->has_left_ended && self->has_right_ended ? NEXT_END : NEXT_PENDING;                              \
    }                                                                                                                \
    [[maybe_unused]] static struct size_hint name##_size_hint(const struct name *self)                               \
    {                                                                                                                \
        return size_hint_sum(self->has_left_ended ? (struct size_hint){} : left_stream##_size_hint(&self->left),     \
                             self->has_right_ended ? (struct size_hint){} : right_stream##_size_hint(&self->right)); \
    }                                                                                                                \
    STREAM_OF_TWO(name, left_stream, right_stream)

/* The rest of this header serves the macros. */
struct size_hint size_hint_smaller(struct size_hint left, struct size_hint right);
struct size_hint size_hint_sum(struct size_hint left, struct size_hint right);
struct size_hint size_hint_in_chunks(struct size_hint items, size_t count, size_t capacity);

/* An item that was taken out of its stream and not passed on. */
#define SIZE_HINT_OF_NEXT(next) ((struct size_hint){(next) == NEXT_ITEM, (next) == NEXT_ITEM})

#define STREAM_OF_ONE(name, stream)                                                                                  \
    [[maybe_unused]] static void name##_drop(struct name *self)                                                      \
    {                                                                                                                \
        stream##_drop(&self->source);                                                                                \
    }                                                                                                                \
    [[maybe_unused]] static void name##_trace(void *self, struct tracer *tracer)                                     \
    {                                                                                                                \
        future_trace(&stream##_stream.future, &((struct name *)self)->source, tracer);                               \
    }                                                                                                                \
    STREAM_TYPE(name, .trace = name##_trace)

#define STREAM_OF_TWO(name, left_stream, right_stream)                                                               \
    [[maybe_unused]] static void name##_trace(void *self, struct tracer *tracer)                                     \
    {                                                                                                                \
        future_trace(&left_stream##_stream.future, &((struct name *)self)->left, tracer);                            \
        future_trace(&right_stream##_stream.future, &((struct name *)self)->right, tracer);                          \
    }                                                                                                                \
    STREAM_TYPE(name, .trace = name##_trace)
