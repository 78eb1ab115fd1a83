/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/semaphore.h>

/*
 * A value that is initialised once, by whoever needs it first, with awaits; the others wait meanwhile. (lib/once.h is for
 * what is initialised without one.)
 *
 *     static ASYNC_ONCE(struct clock) clock = ASYNC_ONCE_INIT;
 *
 *     AWAIT(async_once_enter, &self->enter, &clock.once, &self->guard);
 *     if (self->enter.result == ASYNC_ONCE_YOURS) {
 *         ... await, and write *ASYNC_ONCE_TO_SET(&clock, &self->guard) ...
 *         async_once_finish(&clock.once, &self->guard);
 *     }
 *     ... read *ASYNC_ONCE_VALUE(&clock) ...
 *
 *     semaphore_guard_release(&self->guard);                       // in the cleanup section
 *
 * Who releases the guard without having finished, because it failed or was cancelled, leaves the work to the one that has
 * waited longest. Naming `clock.value` is an error. Task context.
 */
struct async_once {
    const char cannot_be_assigned[0]; /* a const member forbids assignment of whatever contains it */
    struct semaphore turn;            /* of one permit; closed once the value is there */
};

#define ASYNC_ONCE(T)                                                                                                \
    struct {                                                                                                         \
        struct async_once once;                                                                                      \
        T value HIDDEN_NAME("await async_once_enter, then ASYNC_ONCE_VALUE(&once)");                                 \
    }

#define ASYNC_ONCE_INIT                                                                                              \
    {                                                                                                                \
        .once = {.turn = SEMAPHORE_LIMITED_INIT(1, 1) }                                                              \
    }

enum async_once_turn { ASYNC_ONCE_DONE, ASYNC_ONCE_YOURS };

/* Whether the value is there. */
bool async_once_is_done(const struct async_once *once);

/* The value is there: all that wait go on. The guard holds the turn, and nothing afterwards. */
void async_once_finish(struct async_once *once, struct semaphore_guard *guard);

/* The address of the value that is there, else a panic; and, for who has the turn, of the one that is to be written. `it`
 * is evaluated twice. */
#define ASYNC_ONCE_VALUE(it) ASYNC_ONCE_ADDRESS(it, async_once_check_done(&(it)->once))
#define ASYNC_ONCE_TO_SET(it, guard) ASYNC_ONCE_ADDRESS(it, semaphore_guard_check((guard), &(it)->once.turn, 1))

/* AWAIT(async_once_enter, &self->enter, &clock.once, &self->guard): ready when the value is there, or when it is the
 * caller's turn to make it. A drop passes the turn on. */
struct async_once_enter {
    struct semaphore_hold hold;
    enum async_once_turn result;
};

void async_once_enter_init(struct async_once_enter *self, struct async_once *once, struct semaphore_guard *guard);
enum poll async_once_enter_poll(struct async_once_enter *self, struct context *context);
void async_once_enter_drop(struct async_once_enter *self);
FUTURE_TYPE(async_once_enter, FUTURE_RESULT(async_once_enter));

/* The rest of this header serves the macros. */
void async_once_check_done(const struct async_once *once);

#define ASYNC_ONCE_ADDRESS(it, check)                                                                                \
    ({                                                                                                               \
        check;                                                                                                       \
        HIDDEN_NAMES_ALLOWED_BEGIN                                                                                   \
        &(it)->value;                                                                                                \
        HIDDEN_NAMES_ALLOWED_END                                                                                     \
    })
