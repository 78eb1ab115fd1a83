/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/panic.h>
#include <tenorite/task/future.h>

/*
 * A member that pins whatever contains it (contract K8): assigning it does not compile, and with TENORITE_DEBUG a future
 * that was moved all the same after its first poll, by memcpy say, panics when it is polled or dropped. Without
 * TENORITE_DEBUG it has no size and costs nothing. (Coroutines have the same in their own header.)
 *
 * For futures that keep pointers into themselves or that others point at, and for those that contain futures whose type
 * is not known, which may be such.
 */
struct pin {
    const char cannot_be_assigned[0];
    const void *first_address[TENORITE_DEBUG]; /* where it was polled first; NULL: not yet */
};

/* In NAME_init: it may still move. */
ALWAYS_INLINE void pin_init(struct pin *pin)
{
    if (TENORITE_DEBUG)
        *pin->first_address = NULL;
}

/* In NAME_poll and NAME_drop: from now on it may not. `name` is the future's. */
ALWAYS_INLINE void pin_check(struct pin *pin, const char *name)
{
    if (!TENORITE_DEBUG)
        return;
    if (!*pin->first_address)
        *pin->first_address = pin;
    ASSERT(*pin->first_address == pin, "%s: first polled at %p: a future must not move after its first poll", name,
           *pin->first_address);
}

/*
 * A future that may move at any time, between polls too: FUTURE_TYPE, and NAME_move(to, from), after which `from` is used
 * no more. Declaring a type movable that contains something pinned does not compile. Only such types have a NAME_move.
 */
#define MOVABLE_FUTURE_TYPE(future, ...)                                                                             \
    __attribute__((unused)) static void future##_move(struct future *to, const struct future *from)                  \
    {                                                                                                                \
        *to = *from;                                                                                                 \
    }                                                                                                                \
    FUTURE_TYPE(future __VA_OPT__(, ) __VA_ARGS__)
