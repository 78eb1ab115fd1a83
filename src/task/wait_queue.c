/* SPDX-License-Identifier: MIT */
/*
 * A ring of waiters through `ends`, so that leaving needs the two neighbours and not the queue.
 *
 * Invariants, whenever no WITH_WAITERS block is running
 *   W1  a waiter is linked exactly while it is QUEUED; every neighbour's link points back
 *   W2  the ring is in the order of arrival
 *   W3  a waiter is woken after it was unlinked, and outside of the block: a wake may do anything
 *   W4  who is CHOSEN keeps its outcome until its future has looked at it or was dropped
 */
#include <tenorite/lib/panic.h>
#include <tenorite/task/wait_queue.h>

void waiter_init(struct waiter *waiter)
{
    waiter->link = (struct waiter_link){};
    waiter->waker = WAKER_NONE;
    waiter->state = WAITER_IDLE;
    waiter->outcome = 0;
}

static void link_before(struct waiter_link *successor, struct waiter_link *link)
{
    link->next = successor;
    link->previous = successor->previous;
    successor->previous->next = link;
    successor->previous = link;
}

static void unlink(struct waiter_link *link)
{
    ASSERT(link->next->previous == link && link->previous->next == link, "W1: waiter %p has moved", (void *)link);
    link->next->previous = link->previous;
    link->previous->next = link->next;
    if (link->next->next == link->next) /* the queue is empty, and may move */
        *link->next = (struct waiter_link){};
    *link = (struct waiter_link){};
}

static void make_ring(struct wait_queue *queue)
{
    queue->ends = (struct waiter_link){&queue->ends, &queue->ends};
}

void wait_queue_wait(struct wait_queue *queue, struct waiter *waiter, struct waker waker)
{
    ASSERT(waiter->state != WAITER_CHOSEN, "waiter %p was chosen and not asked why", (void *)waiter);
    waiter->waker = waker;
    if (waiter->state == WAITER_QUEUED) {
        ASSERT(waiter->link.next->previous == &waiter->link, "W1: waiter %p has moved", (void *)waiter);
        return;
    }
    if (!queue->ends.next)
        make_ring(queue);
    link_before(&queue->ends, &waiter->link);
    waiter->state = WAITER_QUEUED;
}

struct waiter *wait_queue_first(const struct wait_queue *queue)
{
    struct waiter_link *first = queue->ends.next;

    return first && first != &queue->ends ? CONTAINER_OF(first, struct waiter, link) : NULL;
}

struct waker waiter_choose(struct waiter *waiter, unsigned outcome)
{
    if (waiter->state == WAITER_QUEUED)
        unlink(&waiter->link);
    waiter->state = WAITER_CHOSEN;
    waiter->outcome = outcome;
    return waiter->waker;
}

enum waiter_state waiter_leave(struct waiter *waiter)
{
    enum waiter_state before = waiter->state;

    if (before == WAITER_QUEUED)
        unlink(&waiter->link);
    waiter->state = WAITER_IDLE;
    return before;
}

/* `leaving` takes the place of `ends` in the ring. */
void wait_queue_take_all(struct wait_queue *queue, struct wait_queue *leaving)
{
    make_ring(leaving);
    if (!wait_queue_first(queue))
        return;
    link_before(&queue->ends, &leaving->ends);
    unlink(&queue->ends);
}

void wait_queue_wake_all(struct wait_queue *queue, struct wait_queue *leaving, unsigned outcome)
{
    struct waker waker = WAKER_NONE;
    bool are_more = false; /* looked at before the wake: whoever is woken last may free the queue */

    do {
        WITH_WAITERS(queue)
        {
            struct waiter *first = wait_queue_first(leaving);

            waker = first ? waiter_choose(first, outcome) : WAKER_NONE;
            are_more = wait_queue_first(leaving) != NULL;
        }
        waker_wake(waker);
    } while (are_more);
}
