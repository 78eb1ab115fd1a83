/* SPDX-License-Identifier: MIT */
/*
 * Invariants
 *   N1  there is a permit only while nobody waits
 *   N2  a waiter chosen by notify_one holds what would be the permit, and gives it back when it is dropped
 */
#include <tenorite/lib/panic.h>
#include <tenorite/task/budget.h>
#include <tenorite/task/notify.h>

enum notify_outcome { NOTIFIED_ALONE, NOTIFIED_WITH_ALL };

void notify_one(struct notify *notify)
{
    struct waker waker = WAKER_NONE;

    WITH_WAITERS(&notify->waiters)
    {
        struct waiter *first = wait_queue_first(&notify->waiters);

        if (first)
            waker = waiter_choose(first, NOTIFIED_ALONE);
        else
            notify->has_permit = true;
    }
    waker_wake(waker);
}

void notify_all(struct notify *notify)
{
    struct wait_queue leaving;

    WITH_WAITERS(&notify->waiters)
    {
        wait_queue_take_all(&notify->waiters, &leaving);
    }
    wait_queue_wake_all(&notify->waiters, &leaving, NOTIFIED_WITH_ALL);
}

static bool take_permit(struct notify *notify)
{
    bool had_permit = notify->has_permit;

    notify->has_permit = false;
    return had_permit;
}

bool notify_try_take(struct notify *notify)
{
    bool had_permit = false;

    WITH_WAITERS(&notify->waiters)
    {
        had_permit = take_permit(notify);
    }
    return had_permit;
}

void notify_wait_init(struct notify_wait *self, struct notify *notify)
{
    self->notify = notify;
    waiter_init(&self->waiter);
}

enum poll notify_wait_poll(struct notify_wait *self, struct context *context)
{
    struct notify *notify = self->notify;
    bool is_chosen = false;

    ASSERT(notify, "notify_wait %p: polled after completion", (void *)self);
    WITH_WAITERS(&notify->waiters)
    {
        if (self->waiter.state == WAITER_IDLE && take_permit(notify))
            (void)waiter_choose(&self->waiter, NOTIFIED_ALONE);
        else if (self->waiter.state != WAITER_CHOSEN)
            wait_queue_wait(&notify->waiters, &self->waiter, context->waker);
        is_chosen = self->waiter.state == WAITER_CHOSEN;
    }
    if (!is_chosen || !budget_take(context))
        return POLL_PENDING;
    self->notify = NULL;
    return POLL_READY;
}

void notify_wait_drop(struct notify_wait *self)
{
    struct notify *notify = self->notify;
    enum waiter_state before = WAITER_IDLE;

    if (!notify)
        return;
    self->notify = NULL;
    WITH_WAITERS(&notify->waiters)
    {
        before = waiter_leave(&self->waiter);
    }
    if (before == WAITER_CHOSEN && self->waiter.outcome == NOTIFIED_ALONE)
        notify_one(notify);
}
