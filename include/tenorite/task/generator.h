/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/budget.h>
#include <tenorite/task/coroutine.h>
#include <tenorite/task/stream.h>

/*
 * Streams written as one function from top to bottom: coroutines that leave an item on their way.
 *
 *     GENERATOR_FRAME(unsigned, count, unsigned i; unsigned last;);     // struct count, count_next, count_drop, ...
 *
 *     void count_init(struct count *self, unsigned last)
 *     {
 *         coroutine_init(&self->coroutine);
 *         self->last = last;
 *     }
 *
 *     GENERATOR(count)
 *     {
 *         ASYNC_BEGIN;
 *         for (self->i = 1; self->i <= self->last; self->i++)
 *             YIELD(self->i);                                           // goes on here at the next count_next
 *         ASYNC_END;
 *     }
 *
 * Everything that holds for coroutines holds here: what lives across a YIELD is a member of the frame (K7), a lock cannot
 * be held across it (K6), the frame stays where it is (K8), the cleanup section runs exactly once. A generator may AWAIT,
 * too. One that never has to wait also runs without an executor, by count_resume(&count): what is ready when it is awaited is
 * gone through, at no budget; an await that would wait panics. What it returns at its end it leaves in a member of its
 * own. Asking again after the end panics. Each item takes a unit of the poll's budget, so that who takes all items of one
 * that never waits gives way now and then.
 */
#define GENERATOR_FRAME(item_type, name, ...) GENERATOR_FRAME_LINKAGE(extern, item_type, name, __VA_ARGS__)
#define GENERATOR_STATIC_FRAME(item_type, name, ...) GENERATOR_FRAME_LINKAGE(static, item_type, name, __VA_ARGS__)

/* Begins the definition of the body, in which `self` and `context` are known. */
#define GENERATOR(name) enum poll name##_body(struct name *self, struct context *context)

/* Leaves `value` in self->item and the body, until the next item is wanted. */
#define YIELD(value) GENERATOR_YIELD(__COUNTER__ - async_first + COROUTINE_FIRST_AWAIT, value)

/*
 * GENERATOR_FUTURE(run_count, count); declares struct run_count, a future that runs the generator to its end, lets other
 * tasks go first at each YIELD, and discards the items. self->result is what the generator left in its own `result`. You
 * write run_count_init, which initialises run_count_source(self).
 */
#define GENERATOR_FUTURE(name, generator)                                                                            \
    struct name {                                                                                                    \
        struct generator source;                                                                                     \
        typeof(((struct generator *)NULL)->result) result;                                                           \
    };                                                                                                               \
    __attribute__((unused)) static struct generator *name##_source(struct name *self)                                \
    {                                                                                                                \
        return &self->source;                                                                                        \
    }                                                                                                                \
    __attribute__((unused)) static enum poll name##_poll(struct name *self, struct context *context)                 \
    {                                                                                                                \
        enum next next = generator##_next(&self->source, context);                                                   \
        if (next == NEXT_ITEM)                                                                                       \
            waker_wake(context->waker);                                                                              \
        if (next != NEXT_END)                                                                                        \
            return POLL_PENDING;                                                                                     \
        self->result = self->source.result;                                                                          \
        return POLL_READY;                                                                                           \
    }                                                                                                                \
    __attribute__((unused)) static void name##_drop(struct name *self)                                               \
    {                                                                                                                \
        generator##_drop(&self->source);                                                                             \
    }                                                                                                                \
    __attribute__((unused)) static void name##_trace(void *self, struct tracer *tracer)                              \
    {                                                                                                                \
        future_trace(&generator##_stream.future, &((struct name *)self)->source, tracer);                            \
    }                                                                                                                \
    FUTURE_TYPE(name, FUTURE_RESULT(name), .trace = name##_trace)

/* The rest of this header serves the macros. */

/* The second case value refuses a YIELD inside an inner switch; see coroutine.h. */
#define GENERATOR_YIELD(number, value)                                                                               \
    do {                                                                                                             \
        ASYNC_ONLY_IN_BODY;                                                                                          \
        self->item = (value);                                                                                        \
        self->has_item = true;                                                                                       \
        self->coroutine.resume = (number);                                                                           \
        self->coroutine.line = __LINE__;                                                                             \
        ASYNC_LEAVE_POLL(POLL_READY);                                                                                \
    case (number):                                                                                                   \
    case ASYNC_GUARD + (number):                                                                                     \
        if (UNLIKELY(context->request != CONTEXT_POLL)) {                                                            \
            if (context->request == CONTEXT_DROP)                                                                    \
                goto async_leave;                                                                                    \
            ASYNC_LEAVE_POLL(POLL_PENDING);                                                                          \
        }                                                                                                            \
    } while (0)

#define GENERATOR_FRAME_LINKAGE(linkage, item_type, name, ...)                                                       \
    struct name {                                                                                                    \
        struct coroutine coroutine;                                                                                  \
        bool has_item;                                                                                               \
        bool is_held; /* there is an item, but the poll has no budget left for it */                                 \
        item_type item;                                                                                              \
        __VA_ARGS__                                                                                                  \
    };                                                                                                               \
    linkage enum poll name##_body(struct name *self, struct context *context);                                       \
    __attribute__((unused)) static enum next name##_next(struct name *self, struct context *context)                 \
    {                                                                                                                \
        if (self->coroutine.resume == COROUTINE_START)                                                               \
            self->is_held = false;                                                                                   \
        if (!self->is_held) {                                                                                        \
            self->has_item = false;                                                                                  \
            if (name##_body(self, context) == POLL_PENDING)                                                          \
                return NEXT_PENDING;                                                                                 \
            if (!self->has_item)                                                                                     \
                return NEXT_END;                                                                                     \
        }                                                                                                            \
        self->is_held = !budget_take(context);                                                                       \
        return self->is_held ? NEXT_PENDING : NEXT_ITEM;                                                             \
    }                                                                                                                \
    __attribute__((unused)) static enum next name##_resume(struct name *self)                                        \
    {                                                                                                                \
        struct context context = {.request = CONTEXT_POLL};                                                          \
        enum next next = name##_next(self, &context);                                                                \
        ASSERT(next != NEXT_PENDING, "%s awaits: it needs an executor", #name);                                      \
        return next;                                                                                                 \
    }                                                                                                                \
    __attribute__((unused)) static struct size_hint name##_size_hint(const struct name *self)                        \
    {                                                                                                                \
        return coroutine_has_ended(&self->coroutine) ? (struct size_hint){} : SIZE_HINT_UNKNOWN;                     \
    }                                                                                                                \
    __attribute__((unused)) static void name##_drop(struct name *self)                                               \
    {                                                                                                                \
        struct context dropping = {.request = CONTEXT_DROP};                                                         \
        self->is_held = false;                                                                                       \
        (void)name##_body(self, &dropping);                                                                          \
    }                                                                                                                \
    __attribute__((unused)) static unsigned name##_awaited_line(const void *self)                                    \
    {                                                                                                                \
        return ((const struct name *)self)->coroutine.line;                                                          \
    }                                                                                                                \
    __attribute__((unused)) static void name##_trace(void *self, struct tracer *tracer)                              \
    {                                                                                                                \
        if (((struct name *)self)->coroutine.resume != COROUTINE_CLEANUP)                                            \
            (void)name##_body((struct name *)self, &tracer->context);                                                \
    }                                                                                                                \
    STREAM_TYPE(name, .awaited_line = name##_awaited_line, .trace = name##_trace)
