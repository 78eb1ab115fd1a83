/* SPDX-License-Identifier: MIT */
/*
 * One source, many clones that wait for it.
 *
 * Invariants
 *   S1  a clone is in the list exactly while it was polled, is pending, and has not been dropped
 *   S2  while the source is live and the list is not empty, the source holds the waker of `poller`, which is in the list;
 *       or `poller` is NULL and a clone of the list has been woken, which will poll the source and become the poller
 *
 * Only the poller polls the source: if all did, a source that has one place for a waker (waker_slot) would have them wake
 * each other for ever.
 */
#include <tenorite/task/shared.h>

void shared_init(struct shared *self, struct dyn_future source)
{
    pin_init(&self->pin);
    self->source = source;
    self->first = self->last = NULL;
    self->poller = NULL;
    self->is_polling = false;
}

void shared_drop(struct shared *self)
{
    ASSERT(!self->first, "shared %p: dropped while clone %p waits", (void *)self, (void *)self->first);
    dyn_future_drop(&self->source);
}

void shared_clone_init(struct shared_clone *self, struct shared *shared)
{
    pin_init(&self->pin);
    self->shared = shared;
    self->is_waiting = false;
}

static void link_last(struct shared *shared, struct shared_clone *clone)
{
    if (clone->is_waiting)
        return;
    clone->is_waiting = true;
    clone->next = NULL;
    clone->previous = shared->last;
    if (shared->last)
        shared->last->next = clone;
    else
        shared->first = clone;
    shared->last = clone;
}

static void unlink(struct shared *shared, struct shared_clone *clone)
{
    if (!clone->is_waiting)
        return;
    clone->is_waiting = false;
    if (clone->previous)
        clone->previous->next = clone->next;
    else
        shared->first = clone->next;
    if (clone->next)
        clone->next->previous = clone->previous;
    else
        shared->last = clone->previous;
}

/* Takes a clone out that needs the source no more. */
static void leave(struct shared *shared, struct shared_clone *clone)
{
    unlink(shared, clone);
    clone->shared = NULL;
    if (shared->poller == clone)
        shared->poller = NULL;
}

/* Has the clone wait; unless another one sees to the source, this one does: POLL_READY if that has ended now. */
static enum poll wait(struct shared *shared, struct shared_clone *clone, struct context *context)
{
    enum poll poll;

    clone->waker = context->waker;
    link_last(shared, clone);
    if (shared->poller && shared->poller != clone)
        return POLL_PENDING;
    shared->poller = clone;
    shared->is_polling = true;
    poll = dyn_future_poll(&shared->source, context);
    shared->is_polling = false;
    return poll;
}

enum poll shared_clone_poll(struct shared_clone *self, struct context *context)
{
    struct shared *shared = self->shared;

    pin_check(&self->pin, "shared_clone");
    ASSERT(shared, "shared_clone %p: polled after completion", (void *)self);
    if (!shared_has_ended(shared)) {
        pin_check(&shared->pin, "shared");
        ASSERT(!shared->is_polling, "shared %p: %s polls a clone of itself", (void *)shared,
               shared->source.type->name);
        if (wait(shared, self, context) == POLL_PENDING)
            return POLL_PENDING;
        for (const struct shared_clone *clone = shared->first; clone; clone = clone->next)
            if (clone != self)
                waker_wake(clone->waker);
    }
    leave(shared, self);
    return POLL_READY;
}

void shared_clone_drop(struct shared_clone *self)
{
    struct shared *shared = self->shared;

    pin_check(&self->pin, "shared_clone");
    if (!shared)
        return;
    leave(shared, self);
    if (!shared->poller && shared->first)
        waker_wake(shared->first->waker);
}

void shared_clone_trace(void *self, struct tracer *tracer)
{
    struct shared_clone *clone = self;

    if (clone->shared)
        dyn_future_trace(&clone->shared->source, tracer);
}
