/* SPDX-License-Identifier: MIT */
/*
 * The timer queue: a doubly linked ring, sorted by deadline, searched from its end.
 *
 * Invariants
 *   T1  deadlines never decrease from ends.next to ends.previous; equal ones stand in the order of insertion
 *   T2  a timer's `queue` is set exactly while it is in that queue's ring
 *   T3  every neighbour's link points back
 */
#include <tenorite/lib/panic.h>
#include <tenorite/task/timers.h>

void timer_queue_init(struct timer_queue *queue)
{
    queue->ends.next = &queue->ends;
    queue->ends.previous = &queue->ends;
    queue->ends.queue = queue;
    queue->count = 0;
}

void timer_queue_insert(struct timer_queue *queue, struct timer *timer, uint64_t deadline_ns, struct waker waker)
{
    struct timer *before = queue->ends.previous;

    ASSERT(!timer_is_waiting(timer), "timer %p already waits", (void *)timer);
    while (before != &queue->ends && before->deadline_ns > deadline_ns)
        before = before->previous;
    timer->next = before->next;
    timer->previous = before;
    timer->queue = queue;
    timer->deadline_ns = deadline_ns;
    timer->waker = waker;
    before->next->previous = timer;
    before->next = timer;
    queue->count++;
}

void timer_remove(struct timer *timer)
{
    if (!timer_is_waiting(timer))
        return;
    ASSERT(timer->next->previous == timer && timer->previous->next == timer, "T3: timer %p has moved", (void *)timer);
    timer->next->previous = timer->previous;
    timer->previous->next = timer->next;
    timer->queue->count--;
    timer->queue = NULL;
}

size_t timer_queue_expire(struct timer_queue *queue, uint64_t now_ns, size_t limit)
{
    size_t fired = 0;

    for (; fired < limit && timer_queue_is_due(queue, now_ns); fired++) {
        struct timer *first = queue->ends.next;

        timer_remove(first);
        waker_wake(first->waker);
    }
    return fired;
}

bool timer_queue_is_due(const struct timer_queue *queue, uint64_t now_ns)
{
    uint64_t deadline_ns = timer_queue_next_deadline(queue);

    return deadline_ns <= now_ns && deadline_ns != UINT64_MAX;
}

uint64_t timer_queue_next_deadline(const struct timer_queue *queue)
{
    return queue->count ? queue->ends.next->deadline_ns : UINT64_MAX;
}
