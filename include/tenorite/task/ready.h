/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/pin.h>

/*
 * The two futures that wait for nothing. Both may move.
 *
 * AWAIT(pending, &self->pending) is never ready: it waits for the coroutine to be dropped.
 */
struct pending {
};

ALWAYS_INLINE void pending_init(struct pending *self)
{
    (void)self;
}

ALWAYS_INLINE enum poll pending_poll(struct pending *self, struct context *context)
{
    (void)self;
    (void)context;
    return POLL_PENDING;
}

ALWAYS_INLINE void pending_drop(struct pending *self)
{
    (void)self;
}

MOVABLE_FUTURE_TYPE(pending);

/* READY_FUTURE(ready_number, unsigned); declares struct ready_number: AWAIT(ready_number, &self->number, 5) is ready at
 * once, with 5 in self->number.result. For a branch whose value is known already. A poll after completion panics. */
#define READY_FUTURE(name, value)                                                                                    \
    struct name {                                                                                                    \
        value result;                                                                                                \
        bool has_ended;                                                                                              \
    };                                                                                                               \
    __attribute__((unused)) static void name##_init(struct name *self, value result)                                 \
    {                                                                                                                \
        self->result = result;                                                                                       \
        self->has_ended = false;                                                                                     \
    }                                                                                                                \
    __attribute__((unused)) static enum poll name##_poll(struct name *self, struct context *context)                 \
    {                                                                                                                \
        (void)context;                                                                                               \
        ASSERT(!self->has_ended, "%s %p: polled after completion", #name, (void *)self);                             \
        self->has_ended = true;                                                                                      \
        return POLL_READY;                                                                                           \
    }                                                                                                                \
    __attribute__((unused)) static void name##_drop(struct name *self)                                               \
    {                                                                                                                \
        self->has_ended = true;                                                                                      \
    }                                                                                                                \
    MOVABLE_FUTURE_TYPE(name, FUTURE_RESULT(name))
