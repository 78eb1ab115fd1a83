/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/timer.h>
#include <tenorite/lib/panic.h>
#include <tenorite/task/budget.h>
#include <tenorite/task/executor.h>
#include <tenorite/task/sleep.h>

static void set(struct sleep_until *self, uint64_t time_ns, enum sleep_state state)
{
    self->timer.queue = NULL;
    self->time_ns = time_ns;
    self->state = state;
}

void sleep_until_init(struct sleep_until *self, uint64_t deadline_ns)
{
    set(self, deadline_ns, SLEEP_HAS_DEADLINE);
}

static enum poll end(struct sleep_until *self)
{
    self->state = SLEEP_ENDED;
    return POLL_READY;
}

/* What is never due waits in the queue too: it can be reset. */
static enum poll begin(struct sleep_until *self, struct context *context)
{
    uint64_t now_ns = clock_ns();

    if (self->state == SLEEP_HAS_LENGTH)
        self->time_ns = deadline_after(now_ns, (duration){self->time_ns});
    self->state = SLEEP_HAS_DEADLINE;
    if (self->time_ns <= now_ns && self->time_ns != UINT64_MAX)
        return budget_take(context) ? end(self) : POLL_PENDING;
    self->state = SLEEP_WAITING;
    timer_queue_insert(&context->executor->timers, &self->timer, self->time_ns, context->waker);
    return POLL_PENDING;
}

enum poll sleep_until_poll(struct sleep_until *self, struct context *context)
{
    ASSERT(self->state != SLEEP_ENDED, "sleep %p: polled after completion", (void *)self);
    if (self->state != SLEEP_WAITING)
        return begin(self, context);
    if (!timer_is_waiting(&self->timer))
        return end(self);
    self->timer.waker = context->waker;
    return POLL_PENDING;
}

void sleep_until_drop(struct sleep_until *self)
{
    timer_remove(&self->timer);
    self->state = SLEEP_ENDED;
}

/* A timer that waits is put elsewhere in its queue; where none waits the next poll is still to come, and starts it. */
void sleep_until_reset(struct sleep_until *self, uint64_t deadline_ns)
{
    struct timer_queue *queue = self->timer.queue;

    timer_remove(&self->timer);
    set(self, deadline_ns, SLEEP_HAS_DEADLINE);
    if (!queue)
        return;
    self->state = SLEEP_WAITING;
    timer_queue_insert(queue, &self->timer, deadline_ns, self->timer.waker);
}

void sleep_init(struct sleep *self, duration length)
{
    set(&self->until, length.ns, SLEEP_HAS_LENGTH);
}

enum poll sleep_poll(struct sleep *self, struct context *context)
{
    return sleep_until_poll(&self->until, context);
}

void sleep_drop(struct sleep *self)
{
    sleep_until_drop(&self->until);
}

void sleep_reset(struct sleep *self, duration length)
{
    sleep_until_reset(&self->until, deadline_after(clock_ns(), length));
}
