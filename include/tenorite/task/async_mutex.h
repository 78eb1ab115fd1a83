/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/semaphore.h>

/*
 * A mutex whose lock may be held across an await; waiting for it lets other tasks run. (lib/mutex.h is the other kind: a
 * few instructions, never across an await, no waiting.)
 *
 *     static ASYNC_MUTEX(struct disk) disk = ASYNC_MUTEX_INIT({.sectors = 7});
 *
 *     ASYNC_FRAME(writer, struct semaphore_guard guard; struct async_mutex_lock lock; ...);
 *
 *     semaphore_guard_init(&self->guard);                                   // in writer_init
 *
 *     AWAIT(async_mutex_lock, &self->lock, &disk.lock, &self->guard);       // in the body
 *     AWAIT(..., ASYNC_MUTEX_VALUE(&disk, &self->guard), ...);
 *     semaphore_guard_release(&self->guard);
 *
 *     semaphore_guard_release(&self->guard);                                // in the cleanup section, held or not
 *
 * First come first served: an unlock hands the lock to who has waited longest, so unlocking and locking again does not
 * beat a queued task. What a lock that nobody polls does is in semaphore.h. Naming `disk.value` is an error; the value is
 * reached with a guard that holds this very lock, else it is a panic. Task context.
 */
struct async_mutex {
    const char cannot_be_assigned[0]; /* a const member forbids assignment of whatever contains it */
    struct semaphore turn;
};

#define ASYNC_MUTEX(T)                                                                                               \
    struct {                                                                                                         \
        struct async_mutex lock;                                                                                     \
        T value HIDDEN_NAME("lock the mutex first, then ASYNC_MUTEX_VALUE(&mutex, &guard)");                         \
    }

#define ASYNC_MUTEX_INIT(...)                                                                                        \
    {                                                                                                                \
        {.turn = SEMAPHORE_LIMITED_INIT(1, 1)}, HIDDEN_INITIALISER(__VA_ARGS__)                                      \
    }

/* The value's address while `guard` holds the lock. `mutex` is evaluated twice. */
#define ASYNC_MUTEX_VALUE(mutex, guard)                                                                              \
    ({                                                                                                               \
        semaphore_guard_check((guard), &(mutex)->lock.turn, 1);                                                      \
        HIDDEN_NAMES_ALLOWED_BEGIN                                                                                   \
        &(mutex)->value;                                                                                             \
        HIDDEN_NAMES_ALLOWED_END                                                                                     \
    })

/* Locks it if nobody holds it or waits for it. */
bool async_mutex_try_lock(struct async_mutex *mutex, struct semaphore_guard *guard) MUST_CHECK;

/* AWAIT(async_mutex_lock, &self->lock, &mutex.lock, &self->guard): ready when the guard holds the lock. A drop leaves the
 * queue, or passes on the lock. */
struct async_mutex_lock {
    struct semaphore_hold hold;
};

void async_mutex_lock_init(struct async_mutex_lock *self, struct async_mutex *mutex, struct semaphore_guard *guard);
enum poll async_mutex_lock_poll(struct async_mutex_lock *self, struct context *context);
void async_mutex_lock_drop(struct async_mutex_lock *self);
FUTURE_TYPE(async_mutex_lock);
