/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * Contract K5: data that belongs to a lock is reachable only while the lock is held.
 *
 *     static MUTEX(struct statistics) statistics;
 *
 *     WITH_LOCK(&statistics, s) {
 *         s->hits++;                  // `s` exists only here
 *         if (s->hits == 3) return;   // leaving in any way unlocks
 *     }
 *
 *     WITH_TRY_LOCK(&statistics, s)
 *         s->hits++;                  // only if nobody holds the lock
 *
 * Naming `statistics.value` is an error, and so is assigning the object, lock and all. `break` and `continue` bind to
 * the block itself: each of them leaves it. What no compiler refuses: storing `s` in a variable that outlives the
 * block. A task may not await inside the block (the compiler refuses, contract K6), and interrupt handlers may not wait
 * for a lock that tasks hold with interrupts on, so on one CPU a held lock can only be met by its own holder: that is a
 * caller's bug, and after MUTEX_SPIN_LIMIT attempts it panics instead of hanging.
 */
struct mutex_lock {
    const char cannot_be_assigned[0]; /* a const member forbids assignment of whatever contains it */
    bool is_locked;
};

enum { MUTEX_SPIN_LIMIT = 100 * 1000 * 1000 };

#define MUTEX(T)                                                                                                     \
    struct {                                                                                                         \
        struct mutex_lock lock;                                                                                      \
        T value HIDDEN_NAME("lock the mutex first: WITH_LOCK(&mutex, pointer) { ... }");                             \
    }

/* Initialiser for a MUTEX object: MUTEX(int) counter = MUTEX_INIT(7); MUTEX(struct point) p = MUTEX_INIT({.x = 1}); */
#define MUTEX_INIT(...)                                                                                              \
    {                                                                                                                \
        {.is_locked = false}, HIDDEN_INITIALISER(__VA_ARGS__)                                                        \
    }

/* Runs the block that follows with the lock held; `pointer` is the value's address inside. `mutex` is evaluated twice.
 * Waits without sleeping. Task context or early boot. */
#define WITH_LOCK(mutex, pointer) MUTEX_BLOCK(mutex_lock, mutex, pointer)

/* The same, but passes the block over where the lock is held. Never waits: any context. */
#define WITH_TRY_LOCK(mutex, pointer) MUTEX_BLOCK(mutex_try_lock, mutex, pointer)

/* The rest of this header serves the macros. */
#define MUTEX_BLOCK(lock_it, mutex, pointer)                                                                         \
    for (struct mutex_lock * pointer##_guard __attribute__((cleanup(mutex_unlock_guard))) = lock_it(&(mutex)->lock), \
                                             *pointer##_once = pointer##_guard;                                      \
         pointer##_once; pointer##_once = 0)                                                                         \
        for (typeof(MUTEX_VALUE(mutex)) const pointer = MUTEX_VALUE(mutex); pointer##_once; pointer##_once = 0)

#define MUTEX_VALUE(mutex)                                                                                           \
    ({                                                                                                               \
        HIDDEN_NAMES_ALLOWED_BEGIN                                                                                   \
        &(mutex)->value;                                                                                             \
        HIDDEN_NAMES_ALLOWED_END                                                                                     \
    })

/* Returns `lock`. Unlocking what is not locked panics. */
struct mutex_lock *mutex_lock(struct mutex_lock *lock);
/* NULL if it is held. */
struct mutex_lock *mutex_try_lock(struct mutex_lock *lock) MUST_CHECK;
void mutex_unlock(struct mutex_lock *lock);

ALWAYS_INLINE void mutex_unlock_guard(struct mutex_lock **guard)
{
    if (*guard)
        mutex_unlock(*guard);
}
