/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * A value that is initialised once, by whoever needs it first, and unreachable before that.
 *
 *     DEFINE_ONCE(clock_once, struct clock);
 *     static clock_once clock;
 *     struct clock *it = clock_once_call(&clock, clock_probe, NULL);
 *
 * defines the type clock_once, of which an object of zeros waits for its first call, and
 *
 *     struct clock *clock_once_call(once, initialise, context)
 *                       the value; runs `initialise(value, context)` first if nobody has yet
 *     struct clock *clock_once_try_call(once, initialise, context)
 *                       the same for an `initialise` that may fail: where it returns false this returns NULL, and the
 *                       next call tries again
 *     struct clock *clock_once_get(once)
 *                       the value, or NULL before it is initialised
 *
 * `initialise` finds a value of zeros. Several CPUs may call at the same time: one runs it, the others wait for it
 * without sleeping and then see all that it wrote. Who reads the value needs no lock; who changes it needs one of its
 * own. An `initialise` that calls its own object, or a call that interrupts it, would wait for itself: that is a
 * caller's bug, and after ONCE_SPIN_LIMIT looks it panics instead of hanging; so does a call after an `initialise`
 * that panicked. Naming `once.value` is an error.
 *
 * O(1) beyond `initialise`. get: any context. call and try_call: task context or early boot.
 */
#define DEFINE_ONCE(type, value_type)                                                                                \
    typedef struct {                                                                                                 \
        struct once_state state;                                                                                     \
        value_type value HIDDEN_NAME("ask " #type "_call or " #type "_get for it");                                  \
    } type;                                                                                                          \
    HIDDEN_NAMES_ALLOWED_BEGIN                                                                                       \
    ONCE_FUNCTION MUST_CHECK value_type *type##_get(type *once)                                                      \
    {                                                                                                                \
        return once_is_done(&once->state) ? &once->value : NULL;                                                     \
    }                                                                                                                \
    ONCE_FUNCTION MUST_CHECK value_type *type##_try_call(                                                            \
        type *once, bool (*initialise)(value_type * value, void *context), void *context)                            \
    {                                                                                                                \
        if (once_is_done(&once->state) || !once_begin(&once->state))                                                 \
            return &once->value;                                                                                     \
        once->value = (value_type){0};                                                                               \
        bool is_done = initialise(&once->value, context);                                                            \
        once_end(&once->state, is_done);                                                                             \
        return is_done ? &once->value : NULL;                                                                        \
    }                                                                                                                \
    ONCE_FUNCTION value_type *type##_call(type *once, void (*initialise)(value_type * value, void *context),         \
                                          void *context)                                                             \
    {                                                                                                                \
        if (once_is_done(&once->state) || !once_begin(&once->state))                                                 \
            return &once->value;                                                                                     \
        once->value = (value_type){0};                                                                               \
        initialise(&once->value, context);                                                                           \
        once_end(&once->state, true);                                                                                \
        return &once->value;                                                                                         \
    }                                                                                                                \
    HIDDEN_NAMES_ALLOWED_END                                                                                         \
    static_assert(true, "")

enum { ONCE_SPIN_LIMIT = 100 * 1000 * 1000 };

/* The rest of this header serves the macro. */
#define ONCE_FUNCTION __attribute__((unused)) ALWAYS_INLINE

enum once_stage { ONCE_OPEN, ONCE_RUNNING, ONCE_DONE };

struct once_state {
    const char cannot_be_assigned[0]; /* a const member forbids assignment of whatever contains it */
    uint32_t stage;
};

/* The acquire pairs with the release in once_end: who sees that it is done sees what was written before. */
ALWAYS_INLINE bool once_is_done(const struct once_state *once)
{
    return __atomic_load_n(&once->stage, __ATOMIC_ACQUIRE) == ONCE_DONE;
}

/* Whether it is the caller who initialises, and calls once_end; false: it is done. Waits while somebody else does. */
bool once_begin(struct once_state *once) MUST_CHECK;
void once_end(struct once_state *once, bool is_done);
