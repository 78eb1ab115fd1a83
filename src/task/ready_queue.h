/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/interrupts.h>

#include "task.h"

/*
 * Where tasks wait for their poll: a FIFO per priority, which task code alone touches, and the inbox, a stack to which
 * interrupt handlers push and from which task code takes all: no element is ever taken out of its middle, so that a
 * compare-and-swap cannot be fooled by a reused one.
 */
ALWAYS_INLINE void fifo_init(struct task_fifo *fifo)
{
    fifo->first = NULL;
    fifo->last_link = &fifo->first;
}

ALWAYS_INLINE void fifo_append(struct task_fifo *fifo, struct task *task)
{
    task->next = NULL;
    *fifo->last_link = task;
    fifo->last_link = &task->next;
}

ALWAYS_INLINE struct task *fifo_take(struct task_fifo *fifo)
{
    struct task *task = fifo->first;

    fifo->first = task->next;
    if (!fifo->first)
        fifo->last_link = &fifo->first;
    return task;
}

ALWAYS_INLINE struct task_fifo *fifo_of(struct executor *executor, const struct task *task)
{
    return TENORITE_TASK_PRIORITIES == 1 ? executor->ready : &executor->ready[task_priority(task_state_load(task))];
}

/* Puts a task whose SCHEDULED bit the caller has just changed from clear to set into a queue. Any context on its home
 * CPU. Handlers push with a compare-and-swap, because an NMI may push between its load and its store. */
ALWAYS_INLINE void ready_queue_put(struct executor *executor, struct task *task)
{
    if (LIKELY(!interrupts_in_handler())) {
        fifo_append(fifo_of(executor, task), task);
        return;
    }
    task->next = __atomic_load_n(&executor->inbox, __ATOMIC_RELAXED);
    while (
        !__atomic_compare_exchange_n(&executor->inbox, &task->next, task, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        ;
}

/* Puts what handlers have woken behind the FIFOs, oldest first. Task code. */
ALWAYS_INLINE void inbox_drain(struct executor *executor)
{
    struct task *newest_first = __atomic_exchange_n(&executor->inbox, NULL, __ATOMIC_ACQUIRE);
    struct task *oldest_first = NULL;

    while (newest_first) {
        struct task *task = newest_first;

        newest_first = task->next;
        task->next = oldest_first;
        oldest_first = task;
    }
    while (oldest_first) {
        struct task *task = oldest_first;

        oldest_first = task->next;
        fifo_append(fifo_of(executor, task), task);
    }
}
