/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/panic.h>
#include <tenorite/task/budget.h>
#include <tenorite/task/sequence.h>

void sequence_close(struct sequence *sequence)
{
    struct wait_queue leaving;

    WITH_WAITERS(&sequence->waiters)
    {
        sequence->is_closed = true;
        wait_queue_take_all(&sequence->waiters, &leaving);
    }
    sequence_wake(sequence, &leaving);
}

void sequence_wait_init(struct sequence_wait *self, struct sequence *sequence, uint64_t seen)
{
    self->sequence = sequence;
    self->seen = seen;
    waiter_init(&self->waiter);
}

enum poll sequence_wait_poll(struct sequence_wait *self, struct context *context)
{
    struct sequence *sequence = self->sequence;
    bool is_ready = false;

    ASSERT(sequence, "sequence_wait %p: polled after completion", (void *)self);
    WITH_WAITERS(&sequence->waiters)
    {
        is_ready = sequence->count != self->seen || sequence->is_closed;
        if (!is_ready)
            wait_queue_wait(&sequence->waiters, &self->waiter, context->waker);
    }
    if (!is_ready || !budget_take(context))
        return POLL_PENDING;
    sequence_wait_drop(self);
    return POLL_READY;
}

void sequence_wait_drop(struct sequence_wait *self)
{
    struct sequence *sequence = self->sequence;

    if (!sequence)
        return;
    self->sequence = NULL;
    WITH_WAITERS(&sequence->waiters)
    {
        (void)waiter_leave(&self->waiter);
    }
}
