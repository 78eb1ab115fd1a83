/* SPDX-License-Identifier: MIT */
/* gcc: increment of read-only location */
/* clang: read-only variable is not assignable */
#include <tenorite/task/rw_lock.h>

static RW_LOCK(unsigned) lock = RW_LOCK_INIT(2);

void count(struct semaphore_guard *guard);
void count(struct semaphore_guard *guard)
{
#ifdef MISUSE
    ++*RW_LOCK_VALUE(&lock, guard);
#else
    ++*RW_LOCK_VALUE_TO_WRITE(&lock, guard);
#endif
}
