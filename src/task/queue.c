/* SPDX-License-Identifier: MIT */
/*
 * A list of objects, and a semaphore of those that nobody was given.
 *
 * Invariants, when no function here is running
 *   Q1  the list has as many objects as the semaphore has permits, and those it gave to pops that have not fetched them
 *   Q2  an object is in a queue exactly while its `next` is set; the last one's is itself
 */
#include <tenorite/lib/panic.h>
#include <tenorite/task/queue.h>

void queue_init(struct queue *queue)
{
    semaphore_init(&queue->objects, 0, UINT32_MAX);
    queue->first = queue->last = NULL;
}

void queue_push(struct queue *queue, struct queue_link *link)
{
    WITH_WAITERS(&queue->objects.waiters)
    {
        ASSERT(!link->next, "object %p is in a queue already", (void *)link);
        link->next = link;
        if (queue->first)
            queue->last->next = link;
        else
            queue->first = link;
        queue->last = link;
    }
    semaphore_release(&queue->objects, 1);
}

/* Of an object that the semaphore has given. */
static struct queue_link *fetch(struct queue *queue)
{
    struct queue_link *link = NULL;

    WITH_WAITERS(&queue->objects.waiters)
    {
        link = queue->first;
        queue->first = link->next == link ? NULL : link->next;
        link->next = NULL;
    }
    return link;
}

struct queue_link *queue_try_pop(struct queue *queue)
{
    return semaphore_try_acquire(&queue->objects, 1) == SEMAPHORE_OK ? fetch(queue) : NULL;
}

void queue_pop_init(struct queue_pop *self, struct queue *queue)
{
    semaphore_acquire_init(&self->acquire, &queue->objects, 1);
    self->queue = queue;
    self->result = NULL;
}

enum poll queue_pop_poll(struct queue_pop *self, struct context *context)
{
    if (semaphore_acquire_poll(&self->acquire, context) == POLL_PENDING)
        return POLL_PENDING;
    self->result = fetch(self->queue);
    return POLL_READY;
}

void queue_pop_drop(struct queue_pop *self)
{
    semaphore_acquire_drop(&self->acquire);
}
