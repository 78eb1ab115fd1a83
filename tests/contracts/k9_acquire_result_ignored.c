/* SPDX-License-Identifier: MIT */
/* gcc: ignoring return value of type .enum semaphore_error. */
/* gcc: ignoring return value of .async_mutex_try_lock. declared with attribute .warn_unused_result. */
/* clang: ignoring return value of function declared with .nodiscard. attribute */
/* clang: ignoring return value of function declared with .warn_unused_result. attribute */
#include <tenorite/task/async_mutex.h>

bool enter(struct semaphore *semaphore, struct async_mutex *mutex, struct semaphore_guard *guard);
bool enter(struct semaphore *semaphore, struct async_mutex *mutex, struct semaphore_guard *guard)
{
#ifdef MISUSE
    semaphore_try_acquire(semaphore, 1);
    async_mutex_try_lock(mutex, guard);
    return true;
#else
    return semaphore_try_acquire(semaphore, 1) == SEMAPHORE_OK && async_mutex_try_lock(mutex, guard);
#endif
}
