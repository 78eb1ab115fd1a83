/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/panic.h>
#include <tenorite/task/notify.h>

void notify_signal(struct notify *notify)
{
    __atomic_store_n(&notify->is_signalled, true, __ATOMIC_SEQ_CST);
    waker_slot_wake(&notify->waiter);
}

static bool take_signal(struct notify *notify)
{
    return __atomic_exchange_n(&notify->is_signalled, false, __ATOMIC_SEQ_CST);
}

void notify_wait_init(struct notify_wait *self, struct notify *notify)
{
    self->notify = notify;
    self->registered = WAKER_NONE;
}

enum poll notify_wait_poll(struct notify_wait *self, struct context *context)
{
    ASSERT(self->notify, "notify_wait %p: polled after completion", (void *)self);
    if (!take_signal(self->notify)) {
        self->registered = context->waker;
        waker_slot_register(&self->notify->waiter, context->waker);
        if (!take_signal(self->notify)) /* a signal between the first look and the registration woke nobody */
            return POLL_PENDING;
    }
    notify_wait_drop(self);
    return POLL_READY;
}

void notify_wait_drop(struct notify_wait *self)
{
    if (self->notify)
        waker_slot_forget(&self->notify->waiter, self->registered);
    self->notify = NULL;
}
