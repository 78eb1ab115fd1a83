/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/panic.h>
#include <tenorite/task/semaphore.h>

/*
 * A queue without a limit, of objects that bring their own link: pushing never waits, fails or allocates.
 *
 *     struct request { struct queue_link link; ... };
 *     DEFINE_QUEUE(request_queue, struct request, link);                    // struct request_queue
 *
 *     request_queue_init(&requests);
 *     request_queue_push(&requests, request);                               // which must not be in a queue
 *     AWAIT(request_queue_pop, &self->pop, &requests);                      // waits: self->pop.result, first in first out
 *     request_queue_try_pop(&requests)                                      // or NULL
 *
 * Those who wait are served in order; a pop that is dropped has taken nothing. An object belongs to the queue from push to
 * pop and does not move. push and try_pop: tasks and interrupt handlers, NMI handlers excepted; cost: constant.
 */
struct queue_link {
    struct queue_link *next; /* NULL: in no queue; the last one's is itself. All zero before the first push. */
};

struct queue {
    const char cannot_be_assigned[0]; /* a const member forbids assignment of whatever contains it */
    struct semaphore objects;         /* that nobody was given */
    struct queue_link *first, *last;
};

/* AWAIT(queue_pop, &self->pop, &queue): what DEFINE_QUEUE gives a type. */
struct queue_pop {
    struct semaphore_acquire acquire;
    struct queue *queue;
    struct queue_link *result;
};

void queue_init(struct queue *queue);
void queue_push(struct queue *queue, struct queue_link *link);
struct queue_link *queue_try_pop(struct queue *queue) MUST_CHECK;
void queue_pop_init(struct queue_pop *self, struct queue *queue);
enum poll queue_pop_poll(struct queue_pop *self, struct context *context);
void queue_pop_drop(struct queue_pop *self);
/* NOLINTNEXTLINE(bugprone-sizeof-expression): the result is a pointer */
FUTURE_TYPE(queue_pop, FUTURE_RESULT(queue_pop));

#define DEFINE_QUEUE(name, object_type, member)                                                                      \
    struct name {                                                                                                    \
        struct queue queue;                                                                                          \
    };                                                                                                               \
    struct name##_pop {                                                                                              \
        struct queue_pop pop;                                                                                        \
        object_type *result;                                                                                         \
    };                                                                                                               \
    QUEUE_FUNCTION void name##_init(struct name *queue)                                                              \
    {                                                                                                                \
        queue_init(&queue->queue);                                                                                   \
    }                                                                                                                \
    QUEUE_FUNCTION void name##_push(struct name *queue, object_type *object)                                         \
    {                                                                                                                \
        queue_push(&queue->queue, &object->member);                                                                  \
    }                                                                                                                \
    QUEUE_FUNCTION MUST_CHECK object_type *name##_try_pop(struct name *queue)                                        \
    {                                                                                                                \
        struct queue_link *link = queue_try_pop(&queue->queue);                                                      \
        return link ? CONTAINER_OF(link, object_type, member) : NULL;                                                \
    }                                                                                                                \
    QUEUE_FUNCTION void name##_pop_init(struct name##_pop *self, struct name *queue)                                 \
    {                                                                                                                \
        queue_pop_init(&self->pop, &queue->queue);                                                                   \
        self->result = NULL;                                                                                         \
    }                                                                                                                \
    QUEUE_FUNCTION enum poll name##_pop_poll(struct name##_pop *self, struct context *context)                       \
    {                                                                                                                \
        if (queue_pop_poll(&self->pop, context) == POLL_PENDING)                                                     \
            return POLL_PENDING;                                                                                     \
        self->result = CONTAINER_OF(self->pop.result, object_type, member);                                          \
        return POLL_READY;                                                                                           \
    }                                                                                                                \
    QUEUE_FUNCTION void name##_pop_drop(struct name##_pop *self)                                                     \
    {                                                                                                                \
        queue_pop_drop(&self->pop);                                                                                  \
    }                                                                                                                \
    FUTURE_TYPE(name##_pop, FUTURE_RESULT(name##_pop))

/* The rest of this header serves the macro. */
#define QUEUE_FUNCTION __attribute__((unused)) ALWAYS_INLINE
