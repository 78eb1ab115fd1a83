/* SPDX-License-Identifier: MIT */
/*
 * Invariants, when no function here is running
 *   S1  the first waiter wants more permits than there are: else it would have them
 *   S2  a chosen waiter's `outcome` is its error; with SEMAPHORE_OK the permits it wants have been taken for it
 *   S3  nobody waits at a closed semaphore
 *   S4  permits <= limit
 */
#include <tenorite/lib/panic.h>
#include <tenorite/lib/printk.h>
#include <tenorite/task/budget.h>
#include <tenorite/task/semaphore.h>

void semaphore_init(struct semaphore *semaphore, uint32_t permits, uint32_t limit)
{
    ASSERT(permits <= limit && limit, "%u permits of at most %u", permits, limit);
    *semaphore = (struct semaphore)SEMAPHORE_LIMITED_INIT(permits, limit);
}

static struct semaphore_acquire *first_acquire(struct semaphore *semaphore)
{
    struct waiter *first = wait_queue_first(&semaphore->waiters);

    return first ? CONTAINER_OF(first, struct semaphore_acquire, waiter) : NULL;
}

static void note_given(struct semaphore *semaphore, const struct semaphore_acquire *acquire)
{
    if (!TENORITE_DEBUG)
        return;
    *semaphore->given = acquire;
    ++*semaphore->times_given;
}

static void note_seen(struct semaphore *semaphore, const struct semaphore_acquire *acquire)
{
    if (TENORITE_DEBUG && *semaphore->given == acquire)
        *semaphore->given = NULL;
}

/* Whether the permits went to another future of the task that is being polled. */
static bool suspects_futurelock(const struct semaphore *semaphore, struct waker waker)
{
    const struct semaphore_acquire *given = TENORITE_DEBUG ? *semaphore->given : NULL;

    return given && waker_is_same(given->waiter.waker, waker);
}

/* The first suspicion gives the task one more poll, so that a join may come to its other child; the second is certain. */
static void look_for_futurelock(struct semaphore_acquire *self, struct waker waker)
{
    struct semaphore *semaphore = self->semaphore;

    if (*self->suspected != *semaphore->times_given) {
        *self->suspected = *semaphore->times_given;
        waker_wake(waker);
        return;
    }
    log_warning("task",
                "futurelock: %p waits for semaphore %p, given to %p of the same task, which does not poll that",
                (void *)self, (void *)semaphore, (const void *)*semaphore->given);
    *semaphore->given = NULL;
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
                note_given(semaphore, first);
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
        ASSERT(count <= semaphore->limit - semaphore->permits, "semaphore %p has %u of %u permits, %u are released",
               (void *)semaphore, semaphore->permits, semaphore->limit, count);
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

static void check_count(const struct semaphore *semaphore, uint32_t count)
{
    ASSERT(count <= semaphore->limit, "semaphore %p has %u permits at most, %u are wanted", (const void *)semaphore,
           semaphore->limit, count);
}

/* For one who comes now, or waits already. */
static enum semaphore_error take_in_turn(struct semaphore *semaphore, uint32_t count)
{
    if (semaphore->is_closed)
        return SEMAPHORE_CLOSED;
    return !wait_queue_first(&semaphore->waiters) && take(semaphore, count) ? SEMAPHORE_OK : SEMAPHORE_NOT_ENOUGH;
}

enum semaphore_error semaphore_try_acquire(struct semaphore *semaphore, uint32_t count)
{
    enum semaphore_error error = SEMAPHORE_NOT_ENOUGH;

    check_count(semaphore, count);
    WITH_WAITERS(&semaphore->waiters)
    {
        error = take_in_turn(semaphore, count);
    }
    return error;
}

void semaphore_close(struct semaphore *semaphore)
{
    struct wait_queue leaving;

    WITH_WAITERS(&semaphore->waiters)
    {
        semaphore->is_closed = true;
        wait_queue_take_all(&semaphore->waiters, &leaving);
    }
    wait_queue_wake_all(&semaphore->waiters, &leaving, SEMAPHORE_CLOSED);
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
    ASSERT(semaphore->limit, "semaphore %p is not initialised", (void *)semaphore);
    check_count(semaphore, count);
    self->semaphore = semaphore;
    self->count = count;
    self->error = SEMAPHORE_OK;
    waiter_init(&self->waiter);
    if (TENORITE_DEBUG)
        *self->suspected = 0;
}

/* Chosen afterwards, or queued. */
static void take_or_wait(struct semaphore_acquire *self, struct waker waker)
{
    struct semaphore *semaphore = self->semaphore;
    enum semaphore_error error = take_in_turn(semaphore, self->count);

    if (error == SEMAPHORE_NOT_ENOUGH)
        wait_queue_wait(&semaphore->waiters, &self->waiter, waker);
    else
        (void)waiter_choose(&self->waiter, error);
}

enum standing { STANDING_CHOSEN, STANDING_QUEUED, STANDING_QUEUED_LONG };

/* Takes what there is, or a place in the queue. */
static enum standing stand_in_line(struct semaphore_acquire *self, struct waker waker)
{
    struct semaphore *semaphore = self->semaphore;
    enum standing standing = STANDING_QUEUED;

    WITH_WAITERS(&semaphore->waiters)
    {
        note_seen(semaphore, self);
        if (self->waiter.state != WAITER_CHOSEN)
            take_or_wait(self, waker);
        if (self->waiter.state == WAITER_CHOSEN)
            standing = STANDING_CHOSEN;
        else if (suspects_futurelock(semaphore, waker))
            standing = STANDING_QUEUED_LONG;
    }
    return standing;
}

enum poll semaphore_acquire_poll(struct semaphore_acquire *self, struct context *context)
{
    enum standing standing;

    ASSERT(self->semaphore, "semaphore_acquire %p: polled after completion", (void *)self);
    standing = stand_in_line(self, context->waker);
    if (TENORITE_DEBUG && standing == STANDING_QUEUED_LONG)
        look_for_futurelock(self, context->waker);
    if (standing != STANDING_CHOSEN || !budget_take(context))
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
        note_seen(semaphore, self);
        if (waiter_leave(&self->waiter) == WAITER_CHOSEN && self->waiter.outcome == SEMAPHORE_OK)
            semaphore->permits += self->count;
    }
    hand_over(semaphore);
}

void semaphore_guard_init(struct semaphore_guard *guard)
{
    guard->semaphore = NULL;
    guard->count = 0;
}

static void guard_fill(struct semaphore_guard *guard, struct semaphore *semaphore, uint32_t count)
{
    ASSERT(!guard->semaphore, "guard %p holds %u permits already", (void *)guard, guard->count);
    guard->semaphore = semaphore;
    guard->count = count;
}

void semaphore_guard_release(struct semaphore_guard *guard)
{
    struct semaphore *semaphore = guard->semaphore;

    guard->semaphore = NULL;
    if (semaphore)
        semaphore_release(semaphore, guard->count);
}

void semaphore_guard_reduce(struct semaphore_guard *guard, uint32_t count)
{
    uint32_t surplus = guard->count - count;

    ASSERT(guard->semaphore && count && count <= guard->count, "guard %p holds %u permits, %u are to stay",
           (void *)guard, guard->count, count);
    guard->count = count;
    semaphore_release(guard->semaphore, surplus);
}

void semaphore_guard_check(const struct semaphore_guard *guard, const struct semaphore *semaphore, uint32_t count)
{
    ASSERT(guard->semaphore == semaphore && guard->count >= count, "guard %p holds %u permits of %p, not %u of %p",
           (void *)guard, guard->count, (void *)guard->semaphore, count, (void *)semaphore);
}

enum semaphore_error semaphore_try_hold(struct semaphore *semaphore, uint32_t count, struct semaphore_guard *guard)
{
    enum semaphore_error error = semaphore_try_acquire(semaphore, count);

    if (!error)
        guard_fill(guard, semaphore, count);
    return error;
}

void semaphore_hold_init(struct semaphore_hold *self, struct semaphore *semaphore, uint32_t count,
                         struct semaphore_guard *guard)
{
    semaphore_acquire_init(&self->acquire, semaphore, count);
    self->guard = guard;
    self->error = SEMAPHORE_OK;
}

enum poll semaphore_hold_poll(struct semaphore_hold *self, struct context *context)
{
    struct semaphore *semaphore = self->acquire.semaphore;

    if (semaphore_acquire_poll(&self->acquire, context) == POLL_PENDING)
        return POLL_PENDING;
    self->error = self->acquire.error;
    if (!self->error)
        guard_fill(self->guard, semaphore, self->acquire.count);
    return POLL_READY;
}

void semaphore_hold_drop(struct semaphore_hold *self)
{
    semaphore_acquire_drop(&self->acquire);
}
