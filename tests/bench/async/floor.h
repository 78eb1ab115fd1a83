/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * What an executor costs that does the least: the floor that figures are divided by. Its task is one object of 48
 * bytes, header and future together; the queue is threaded through the tasks. It has no locked instruction, no generation,
 * so that whoever wakes an ended task is lost, no timers, no interrupt handlers, no names, no cancelling. Compiled with
 * the same flags as the library.
 */
enum floor_poll { FLOOR_PENDING, FLOOR_READY };

enum floor_state { FLOOR_QUEUED = 1, FLOOR_ENDED = 2, FLOOR_POOLED = 4 };

struct floor_executor;

struct floor_task {
    enum floor_poll (*poll)(struct floor_task *task);
    struct floor_task *next; /* in the queue or the pool */
    struct floor_executor *executor;
    uint32_t state; /* enum floor_state */
    uint32_t count; /* from here on: the future's */
    union {
        struct floor_task *task;
        void *pointer;
    } other;
    uint64_t value;
};

static_assert(sizeof(struct floor_task) == 48, "as small as a future of 24 bytes and its header can be");

/* Tasks that are not in use: memory that is there, and was touched before. */
struct floor_pool {
    struct floor_task *first;
};

struct floor_executor {
    struct floor_task *first;
    struct floor_task **end; /* where the next task is linked */
    struct floor_pool pool;  /* takes those that end with FLOOR_POOLED */
};

ALWAYS_INLINE void floor_executor_init(struct floor_executor *executor)
{
    *executor = (struct floor_executor){.end = &executor->first};
}

ALWAYS_INLINE void floor_wake(struct floor_task *task)
{
    struct floor_executor *executor = task->executor;
    if (task->state & (FLOOR_QUEUED | FLOOR_ENDED))
        return;
    task->state |= FLOOR_QUEUED;
    task->next = NULL;
    *executor->end = task;
    executor->end = &task->next;
}

/* Runs tasks until none is queued. */
void floor_run(struct floor_executor *executor);

/* A task from the pool, all-zero but for what the caller passes; not yet queued. */
struct floor_task *floor_task_new(struct floor_executor *executor, enum floor_poll (*poll)(struct floor_task *task));
void floor_pool_fill(struct floor_pool *pool, struct floor_task *tasks, size_t count);

/* An event without a value between two tasks, as <tenorite/task/notify.h> has it. */
struct floor_event {
    bool is_signalled;
    struct floor_task *waiter;
};

ALWAYS_INLINE void floor_event_signal(struct floor_event *event)
{
    struct floor_task *waiter = event->waiter;
    event->is_signalled = true;
    event->waiter = NULL;
    if (waiter != NULL)
        floor_wake(waiter);
}

ALWAYS_INLINE enum floor_poll floor_event_poll(struct floor_event *event, struct floor_task *task)
{
    if (!event->is_signalled) {
        event->waiter = task;
        return FLOOR_PENDING;
    }
    event->is_signalled = false;
    event->waiter = NULL;
    return FLOOR_READY;
}
