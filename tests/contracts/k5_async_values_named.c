/* SPDX-License-Identifier: MIT */
/* gcc: 'value' is deprecated: lock the mutex first, then ASYNC_MUTEX_VALUE\(&mutex, &guard\) */
/* gcc: 'value' is deprecated: lock it first, then RW_LOCK_VALUE\(&lock, &guard\) */
/* gcc: 'value' is deprecated: await async_once_enter, then ASYNC_ONCE_VALUE\(&once\) */
/* clang: 'value' is deprecated: lock the mutex first, then ASYNC_MUTEX_VALUE\(&mutex, &guard\) */
/* clang: 'value' is deprecated: lock it first, then RW_LOCK_VALUE\(&lock, &guard\) */
/* clang: 'value' is deprecated: await async_once_enter, then ASYNC_ONCE_VALUE\(&once\) */
#include <tenorite/task/async_mutex.h>
#include <tenorite/task/async_once.h>
#include <tenorite/task/rw_lock.h>

static ASYNC_MUTEX(unsigned) mutex = ASYNC_MUTEX_INIT(1);
static RW_LOCK(unsigned) lock = RW_LOCK_INIT(2);
static ASYNC_ONCE(unsigned) once = ASYNC_ONCE_INIT;

unsigned sum(struct semaphore_guard *of_mutex, struct semaphore_guard *of_lock);
unsigned sum(struct semaphore_guard *of_mutex, struct semaphore_guard *of_lock)
{
#ifdef MISUSE
    (void)of_mutex, (void)of_lock;
    return mutex.value + lock.value + once.value;
#else
    return *ASYNC_MUTEX_VALUE(&mutex, of_mutex) + *RW_LOCK_VALUE(&lock, of_lock) + *ASYNC_ONCE_VALUE(&once);
#endif
}
