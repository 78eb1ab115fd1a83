/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/panic.h>
#include <tenorite/task/budget.h>
#include <tenorite/task/doorbell.h>

void doorbell_ring(struct doorbell *doorbell)
{
    __atomic_store_n(&doorbell->is_rung, true, __ATOMIC_SEQ_CST);
    waker_slot_wake(&doorbell->waiter);
}

static bool is_rung(const struct doorbell *doorbell)
{
    return __atomic_load_n(&doorbell->is_rung, __ATOMIC_SEQ_CST);
}

void doorbell_wait_init(struct doorbell_wait *self, struct doorbell *doorbell)
{
    self->doorbell = doorbell;
    self->registered = WAKER_NONE;
}

enum poll doorbell_wait_poll(struct doorbell_wait *self, struct context *context)
{
    ASSERT(self->doorbell, "doorbell_wait %p: polled after completion", (void *)self);
    if (!is_rung(self->doorbell)) {
        self->registered = context->waker;
        waker_slot_register(&self->doorbell->waiter, context->waker);
        if (!is_rung(self->doorbell)) /* a ring between the first look and the registration woke nobody */
            return POLL_PENDING;
    }
    if (!budget_take(context))
        return POLL_PENDING;
    (void)__atomic_exchange_n(&self->doorbell->is_rung, false, __ATOMIC_SEQ_CST);
    doorbell_wait_drop(self);
    return POLL_READY;
}

void doorbell_wait_drop(struct doorbell_wait *self)
{
    if (self->doorbell)
        waker_slot_forget(&self->doorbell->waiter, self->registered);
    self->doorbell = NULL;
}
