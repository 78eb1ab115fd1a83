/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/timer.h>
#include <tenorite/lib/panic.h>
#include <tenorite/task/executor.h>
#include <tenorite/task/sleep.h>

void sleep_init(struct sleep *self, duration length)
{
    self->timer.queue = NULL;
    self->length = length;
    self->state = SLEEP_NOT_STARTED;
}

enum poll sleep_poll(struct sleep *self, struct context *context)
{
    uint64_t now_ns = clock_ns();

    ASSERT(self->state != SLEEP_ENDED, "sleep %p: polled after completion", (void *)self);
    if (self->state == SLEEP_NOT_STARTED)
        self->deadline_ns = deadline_after(now_ns, self->length);
    self->state = SLEEP_WAITING;
    if (self->deadline_ns == UINT64_MAX)
        return POLL_PENDING;
    if (self->deadline_ns <= now_ns) {
        sleep_drop(self);
        return POLL_READY;
    }
    if (timer_is_waiting(&self->timer))
        self->timer.waker = context->waker;
    else
        timer_queue_insert(&context->executor->timers, &self->timer, self->deadline_ns, context->waker);
    return POLL_PENDING;
}

void sleep_drop(struct sleep *self)
{
    timer_remove(&self->timer);
    self->state = SLEEP_ENDED;
}
