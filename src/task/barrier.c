/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/panic.h>
#include <tenorite/task/barrier.h>
#include <tenorite/task/budget.h>

void barrier_init(struct barrier *barrier, uint32_t size)
{
    ASSERT(size, "a barrier %p for nobody", (void *)barrier);
    *barrier = (struct barrier){.size = size};
}

void barrier_wait_init(struct barrier_wait *self, struct barrier *barrier)
{
    self->barrier = barrier;
    self->round = 0;
    self->result = BARRIER_FOLLOWER;
    waiter_init(&self->waiter);
}

/* The last one opens the barrier for all of the round, who are then in `leaving`. */
static bool arrive(struct barrier_wait *self, struct wait_queue *leaving)
{
    struct barrier *barrier = self->barrier;
    bool is_last = ++barrier->arrived == barrier->size;

    self->round = barrier->round;
    if (is_last) {
        barrier->arrived = 0;
        barrier->round++;
        wait_queue_take_all(&barrier->waiters, leaving);
    }
    return is_last;
}

enum poll barrier_wait_poll(struct barrier_wait *self, struct context *context)
{
    struct barrier *barrier = self->barrier;
    struct wait_queue leaving = {};
    bool is_chosen = false;

    ASSERT(barrier, "barrier_wait %p: polled after completion", (void *)self);
    WITH_WAITERS(&barrier->waiters)
    {
        if (self->waiter.state == WAITER_IDLE && arrive(self, &leaving))
            (void)waiter_choose(&self->waiter, BARRIER_LEADER);
        else if (self->waiter.state != WAITER_CHOSEN)
            wait_queue_wait(&barrier->waiters, &self->waiter, context->waker);
        is_chosen = self->waiter.state == WAITER_CHOSEN;
    }
    wait_queue_wake_all(&barrier->waiters, &leaving, BARRIER_FOLLOWER);
    if (!is_chosen || !budget_take(context))
        return POLL_PENDING;
    self->barrier = NULL;
    self->result = self->waiter.outcome;
    return POLL_READY;
}

/* A round that is over counts nobody any more. */
void barrier_wait_drop(struct barrier_wait *self)
{
    struct barrier *barrier = self->barrier;

    if (!barrier)
        return;
    self->barrier = NULL;
    WITH_WAITERS(&barrier->waiters)
    {
        if (waiter_leave(&self->waiter) == WAITER_QUEUED && self->round == barrier->round)
            barrier->arrived--;
    }
}
