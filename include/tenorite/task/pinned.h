/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/dyn_future.h>

/*
 * A future on the stack that is polled in place, by code that is not a coroutine: a poll function written by hand, or a
 * test.
 *
 *     PIN_ON_STACK(sleep, nap, MILLISECONDS(5));                // sleep_init(&nap_frame, MILLISECONDS(5))
 *     while (pinned_poll(&nap, &context) == POLL_PENDING)
 *         ...
 *
 * Its result is in nap_frame.result. It cannot be assigned, and leaving the scope in any way drops it if it has not ended;
 * so in a coroutine it cannot live across an AWAIT (K6). Who waits until it is ready uses BLOCK_ON (executor.h), whose
 * frame may lie on the stack too. Pinned in the heap: boxed.h.
 */
struct pinned {
    struct dyn_future future;
    const char cannot_be_assigned[0];
};

#define PIN_ON_STACK(future_name, name, ...)                                                                         \
    struct future_name name##_frame;                                                                                 \
    __attribute__((cleanup(pinned_leave))) struct pinned name = {                                                    \
        .future = START(future_name, &name##_frame __VA_OPT__(, ) __VA_ARGS__)}

/* A poll after completion panics. */
ALWAYS_INLINE enum poll pinned_poll(struct pinned *self, struct context *context)
{
    return dyn_future_poll(&self->future, context);
}

ALWAYS_INLINE void pinned_leave(struct pinned *self)
{
    dyn_future_drop(&self->future);
}
