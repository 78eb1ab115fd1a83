/* SPDX-License-Identifier: MIT */
/* A semaphore with a permit for each reader, that is never closed; a writer takes all of them at once. Its fairness keeps
 * readers behind a writer that waits. */
#include <tenorite/task/rw_lock.h>

void rw_lock_downgrade(struct semaphore_guard *guard)
{
    semaphore_guard_check(guard, guard->semaphore, RW_LOCK_READERS);
    semaphore_guard_reduce(guard, 1);
}

bool rw_lock_try_read(struct rw_lock *lock, struct semaphore_guard *guard)
{
    return semaphore_try_hold(&lock->places, 1, guard) == SEMAPHORE_OK;
}

bool rw_lock_try_write(struct rw_lock *lock, struct semaphore_guard *guard)
{
    return semaphore_try_hold(&lock->places, RW_LOCK_READERS, guard) == SEMAPHORE_OK;
}

void rw_lock_read_init(struct rw_lock_read *self, struct rw_lock *lock, struct semaphore_guard *guard)
{
    semaphore_hold_init(&self->hold, &lock->places, 1, guard);
}

enum poll rw_lock_read_poll(struct rw_lock_read *self, struct context *context)
{
    return semaphore_hold_poll(&self->hold, context);
}

void rw_lock_read_drop(struct rw_lock_read *self)
{
    semaphore_hold_drop(&self->hold);
}

void rw_lock_write_init(struct rw_lock_write *self, struct rw_lock *lock, struct semaphore_guard *guard)
{
    semaphore_hold_init(&self->hold, &lock->places, RW_LOCK_READERS, guard);
}

enum poll rw_lock_write_poll(struct rw_lock_write *self, struct context *context)
{
    return semaphore_hold_poll(&self->hold, context);
}

void rw_lock_write_drop(struct rw_lock_write *self)
{
    semaphore_hold_drop(&self->hold);
}
