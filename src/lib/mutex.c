/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/mutex.h>
#include <tenorite/lib/panic.h>

struct mutex_lock *mutex_lock(struct mutex_lock *lock)
{
    for (unsigned attempt = 0; __atomic_exchange_n(&lock->is_locked, true, __ATOMIC_ACQUIRE);) {
        while (__atomic_load_n(&lock->is_locked, __ATOMIC_RELAXED)) {
            ASSERT(attempt < MUTEX_SPIN_LIMIT, "mutex %p is held by its own waiter, after %u attempts", (void *)lock,
                   attempt);
            attempt++;
        }
    }
    return lock;
}

struct mutex_lock *mutex_try_lock(struct mutex_lock *lock)
{
    return __atomic_exchange_n(&lock->is_locked, true, __ATOMIC_ACQUIRE) ? NULL : lock;
}

void mutex_unlock(struct mutex_lock *lock)
{
    ASSERT(lock->is_locked, "mutex %p is not locked", (void *)lock);
    __atomic_store_n(&lock->is_locked, false, __ATOMIC_RELEASE);
}
