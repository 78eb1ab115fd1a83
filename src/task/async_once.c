/* SPDX-License-Identifier: MIT */
/* A semaphore with one permit, the turn. Closing it says that the value is there, to those who wait and who will come. */
#include <tenorite/lib/panic.h>
#include <tenorite/task/async_once.h>

bool async_once_is_done(const struct async_once *once)
{
    return once->turn.is_closed;
}

void async_once_check_done(const struct async_once *once)
{
    ASSERT(async_once_is_done(once), "the value of %p is not initialised", (void *)once);
}

void async_once_finish(struct async_once *once, struct semaphore_guard *guard)
{
    semaphore_guard_check(guard, &once->turn, 1);
    semaphore_close(&once->turn);
    semaphore_guard_release(guard);
}

void async_once_enter_init(struct async_once_enter *self, struct async_once *once, struct semaphore_guard *guard)
{
    semaphore_hold_init(&self->hold, &once->turn, 1, guard);
    self->result = ASYNC_ONCE_DONE;
}

enum poll async_once_enter_poll(struct async_once_enter *self, struct context *context)
{
    if (semaphore_hold_poll(&self->hold, context) == POLL_PENDING)
        return POLL_PENDING;
    self->result = self->hold.error == SEMAPHORE_CLOSED ? ASYNC_ONCE_DONE : ASYNC_ONCE_YOURS;
    return POLL_READY;
}

void async_once_enter_drop(struct async_once_enter *self)
{
    semaphore_hold_drop(&self->hold);
}
