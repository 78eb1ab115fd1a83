/* SPDX-License-Identifier: MIT */
/* A semaphore with one permit that is never closed. */
#include <tenorite/task/async_mutex.h>

bool async_mutex_try_lock(struct async_mutex *mutex, struct semaphore_guard *guard)
{
    return semaphore_try_hold(&mutex->turn, 1, guard) == SEMAPHORE_OK;
}

void async_mutex_lock_init(struct async_mutex_lock *self, struct async_mutex *mutex, struct semaphore_guard *guard)
{
    semaphore_hold_init(&self->hold, &mutex->turn, 1, guard);
}

enum poll async_mutex_lock_poll(struct async_mutex_lock *self, struct context *context)
{
    return semaphore_hold_poll(&self->hold, context);
}

void async_mutex_lock_drop(struct async_mutex_lock *self)
{
    semaphore_hold_drop(&self->hold);
}
