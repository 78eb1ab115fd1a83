/* SPDX-License-Identifier: MIT */
/*
 * Invariants, when no function here is running
 *   S1  the first waiter wants more permits than there are: else it would have them
 *   S2  a chosen waiter's `outcome` is its error; with SEMAPHORE_OK the permits it wants have been taken for it
 *   S3  nobody waits at a closed semaphore
 */
#include <tenorite/lib/panic.h>
#include <tenorite/task/semaphore.h>

void semaphore_init(struct semaphore *semaphore, uint32_t permits)
{
    *semaphore = (struct semaphore)SEMAPHORE_INIT(permits);
}

static struct semaphore_acquire *first_acquire(struct semaphore *semaphore)
{
    struct waiter *first = wait_queue_first(&semaphore->waiters);

    return first ? CONTAINER_OF(first, struct semaphore_acquire, waiter) : NULL;
}

/* Restores S1, for one waiter at a time: interrupts are off only for a moment. */
static void hand_over(struct semaphore *semaphore)
{
    struct semaphore_acquire *first = NULL;
    struct waker waker = WAKER_NONE;

    do {
        WITH_WAITERS(&semaphore->waiters)
        {
            first = first_acquire(semaphore);
            if (first && first->count > semaphore->permits)
                first = NULL;
            if (first) {
                semaphore->permits -= first->count;
                waker = waiter_choose(&first->waiter, SEMAPHORE_OK);
            }
        }
        if (first)
            waker_wake(waker);
    } while (first);
}

void semaphore_release(struct semaphore *semaphore, uint32_t count)
{
    WITH_WAITERS(&semaphore->waiters)
    {
        ASSERT(count <= UINT32_MAX - semaphore->permits, "semaphore %p has %u permits, and %u are released",
               (void *)semaphore, semaphore->permits, count);
        semaphore->permits += count;
    }
    hand_over(semaphore);
}

/* The permits, whoever waits for them. */
static bool take(struct semaphore *semaphore, uint32_t count)
{
    bool are_enough = semaphore->permits >= count;

    if (are_enough)
        semaphore->permits -= count;
    return are_enough;
}

enum semaphore_error semaphore_try_acquire(struct semaphore *semaphore, uint32_t count)
{
    enum semaphore_error error = SEMAPHORE_NOT_ENOUGH;

    WITH_WAITERS(&semaphore->waiters)
    {
        if (semaphore->is_closed)
            error = SEMAPHORE_CLOSED;
        else if (!wait_queue_first(&semaphore->waiters) && take(semaphore, count))
            error = SEMAPHORE_OK;
    }
    return error;
}

void semaphore_close(struct semaphore *semaphore)
{
    WITH_WAITERS(&semaphore->waiters)
    {
        semaphore->is_closed = true;
    }
    wait_queue_wake_all(&semaphore->waiters, SEMAPHORE_CLOSED);
}

bool semaphore_take_left(struct semaphore *semaphore, uint32_t count)
{
    bool are_taken = false;

    WITH_WAITERS(&semaphore->waiters)
    {
        are_taken = semaphore->is_closed && take(semaphore, count);
    }
    return are_taken;
}

void semaphore_acquire_init(struct semaphore_acquire *self, struct semaphore *semaphore, uint32_t count)
{
    self->semaphore = semaphore;
    self->count = count;
    self->error = SEMAPHORE_OK;
    waiter_init(&self->waiter);
}

/* Chosen afterwards, or queued. */
static void take_or_wait(struct semaphore_acquire *self, struct waker waker)
{
    struct semaphore *semaphore = self->semaphore;
    enum semaphore_error error = semaphore_try_acquire(semaphore, self->count);

    if (error == SEMAPHORE_NOT_ENOUGH)
        wait_queue_wait(&semaphore->waiters, &self->waiter, waker);
    else
        (void)waiter_choose(&self->waiter, error);
}

enum poll semaphore_acquire_poll(struct semaphore_acquire *self, struct context *context)
{
    bool is_chosen = false;

    ASSERT(self->semaphore, "semaphore_acquire %p: polled after completion", (void *)self);
    WITH_WAITERS(&self->semaphore->waiters)
    {
        if (self->waiter.state != WAITER_CHOSEN)
            take_or_wait(self, context->waker);
        is_chosen = self->waiter.state == WAITER_CHOSEN;
    }
    if (!is_chosen)
        return POLL_PENDING;
    self->error = self->waiter.outcome;
    self->semaphore = NULL;
    return POLL_READY;
}

/* Also a waiter that had nothing may have held up smaller ones. */
void semaphore_acquire_drop(struct semaphore_acquire *self)
{
    struct semaphore *semaphore = self->semaphore;

    if (!semaphore)
        return;
    self->semaphore = NULL;
    WITH_WAITERS(&semaphore->waiters)
    {
        if (waiter_leave(&self->waiter) == WAITER_CHOSEN && self->waiter.outcome == SEMAPHORE_OK)
            semaphore->permits += self->count;
    }
    hand_over(semaphore);
}
