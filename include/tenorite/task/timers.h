/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/waker.h>

/*
 * Timers: wakers with a deadline, in a queue that each executor owns. The node is a member of the future that waits,
 * so any number per task and no allocation. All of this is task context: an interrupt handler only makes the executor
 * look at the clock. How it works: src/task/timers.c.
 */
struct timer_queue;

struct timer_link {
    struct timer_link *next;
    struct timer_link *previous;
};

/* A timer that is not in a queue is all-zero memory. It does not move while it is in one, nor while its future waits:
 * assigning it, or a future that contains it, does not compile (contract K8). */
struct timer {
    const char cannot_be_assigned[0]; /* a const member forbids assignment of whatever contains it */
    struct timer_link link;
    uint64_t deadline_ns; /* next to the link: what is read when a slot is taken apart */
    struct waker waker;
    struct timer_queue *queue; /* NULL: not waiting */
};

enum { TIMER_DIGIT_BITS = 6, TIMER_SLOTS = 1 << TIMER_DIGIT_BITS, TIMER_LEVELS = 64 / TIMER_DIGIT_BITS + 1 };

/* Timers in the order of insertion, a ring through `ends`. Means something while its `occupied` bit is set. */
struct timer_slot {
    struct timer_link ends;
    uint64_t least_ns; /* no timer in it is due before */
};

struct timer_queue {
    uint64_t next_ns;                /* no timer is due before; UINT64_MAX: none will ever be */
    uint64_t elapsed_ns;             /* no deadline in the queue is earlier */
    size_t count;                    /* of timers */
    uint32_t levels;                 /* bit i: occupied[i] is not 0 */
    uint64_t occupied[TIMER_LEVELS]; /* bit i: slot i of that level has a timer */
    struct timer_slot slots[TIMER_LEVELS][TIMER_SLOTS];
};

void timer_queue_init(struct timer_queue *queue);

ALWAYS_INLINE bool timer_is_waiting(const struct timer *timer)
{
    return timer->queue != NULL;
}

/* Has `waker` woken once clock_ns() has reached `deadline_ns`; UINT64_MAX is never. A deadline before the last that has
 * fired counts as equal to that one. The timer must not be waiting. Cost: constant. */
void timer_queue_insert(struct timer_queue *queue, struct timer *timer, uint64_t deadline_ns, struct waker waker);

/* Takes a timer out of the queue it waits in, if any; its waker is not woken. Cost: constant. */
void timer_remove(struct timer *timer);

/* Wakes, in order of their deadlines, equal ones in order of insertion, at most `limit` timers whose deadline is
 * `now_ns` or earlier, and takes them out of the queue. Returns how many. Cost: constant for each timer that fires; and
 * each timer is moved within the queue at most ten times before it does, together with those whose deadlines begin
 * with the same digits. */
size_t timer_queue_expire(struct timer_queue *queue, uint64_t now_ns, size_t limit);

/* Whether timer_queue_expire would have something to do. Cost: constant. */
ALWAYS_INLINE bool timer_queue_is_due(const struct timer_queue *queue, uint64_t now_ns)
{
    return queue->next_ns <= now_ns && queue->next_ns != UINT64_MAX;
}

/* The earliest deadline, or an earlier one of a timer that has been removed: until then nothing is due. UINT64_MAX if
 * nothing will ever be due. Cost: constant. */
ALWAYS_INLINE uint64_t timer_queue_next_deadline(const struct timer_queue *queue)
{
    return queue->next_ns;
}

/* Checks the invariants at the top of src/task/timers.c and panics with the first that is broken. Cost: linear. */
void timer_queue_check(const struct timer_queue *queue);
