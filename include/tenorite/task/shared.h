/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/dyn_future.h>
#include <tenorite/task/pin.h>

/*
 * One future that any number of tasks wait for. The owner keeps the source, and the shared, until no clone is left:
 *
 *     shared_init(&lookup->shared, START(resolve, &lookup->resolve, name));      // once
 *     AWAIT(shared_clone, &self->clone, &lookup->shared);                       // in each task
 *     use(lookup->resolve.result);                                              // all see the same result
 *
 * One of the clones polls the source; when that is ready it wakes the others, and when it is dropped another one takes its
 * place. So a task that holds a clone must go on polling it, or drop it. A clone that is first polled after the source has
 * ended is ready at once.
 *
 * Dropping a clone takes constant time and is allowed while the source is being polled. A source that polls a clone of
 * itself panics. Task context.
 */
struct shared {
    struct pin pin;
    struct dyn_future source;
    struct shared_clone *first; /* those that wait, oldest first */
    struct shared_clone *last;
    const struct shared_clone *poller; /* the one that polls the source; NULL: none */
    bool is_polling;
};

void shared_init(struct shared *self, struct dyn_future source);

/* Drops the source if it has not ended. No clone may be waiting: that panics. */
void shared_drop(struct shared *self);

ALWAYS_INLINE bool shared_has_ended(const struct shared *self)
{
    return !dyn_future_is_live(&self->source);
}

struct shared_clone {
    struct pin pin;
    struct shared *shared; /* NULL: ended */
    struct shared_clone *next;
    struct shared_clone *previous;
    struct waker waker;
    bool is_waiting; /* in the list of `shared` */
};

void shared_clone_init(struct shared_clone *self, struct shared *shared);
enum poll shared_clone_poll(struct shared_clone *self, struct context *context);
void shared_clone_drop(struct shared_clone *self);
void shared_clone_trace(void *self, struct tracer *tracer);
FUTURE_TYPE(shared_clone, .trace = shared_clone_trace);
