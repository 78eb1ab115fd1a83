/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/waker.h>

/*
 * Timers: wakers with a deadline, in a queue that each executor owns. The node is a member of the future that waits,
 * so any number per task and no allocation. All of this is task context: an interrupt handler only makes the executor
 * look at the clock.
 */
struct timer_queue;

/* A timer that is not in a queue is all-zero memory. It does not move while it is in one, nor while its future waits:
 * assigning it, or a future that contains it, does not compile (contract K8). */
struct timer {
    const char cannot_be_assigned[0]; /* a const member forbids assignment of whatever contains it */
    struct timer *next;
    struct timer *previous;
    struct timer_queue *queue; /* NULL: not waiting */
    uint64_t deadline_ns;
    struct waker waker;
};

/* A ring through `ends`, sorted by deadline; equal deadlines in the order they were inserted. */
struct timer_queue {
    struct timer ends;
    size_t count;
};

void timer_queue_init(struct timer_queue *queue);

ALWAYS_INLINE bool timer_is_waiting(const struct timer *timer)
{
    return timer->queue != NULL;
}

/* Has `waker` woken once clock_ns() has reached `deadline_ns`; UINT64_MAX is never. The timer must not be waiting.
 * Cost: 1 + the number of timers in the queue with a later deadline; constant when all delays are equal. */
void timer_queue_insert(struct timer_queue *queue, struct timer *timer, uint64_t deadline_ns, struct waker waker);

/* Takes a timer out of the queue it waits in, if any; its waker is not woken. Cost: constant. */
void timer_remove(struct timer *timer);

/* Wakes, in order of their deadlines, at most `limit` timers whose deadline is `now_ns` or earlier, and takes them out
 * of the queue. Returns how many. */
size_t timer_queue_expire(struct timer_queue *queue, uint64_t now_ns, size_t limit);

/* Whether timer_queue_expire would wake anybody. Cost: constant. */
bool timer_queue_is_due(const struct timer_queue *queue, uint64_t now_ns);

/* The earliest deadline, UINT64_MAX if nothing will ever be due. Cost: constant. */
uint64_t timer_queue_next_deadline(const struct timer_queue *queue);
