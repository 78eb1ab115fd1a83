/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/interrupts.h>
#include <tenorite/task/future.h>

/*
 * Who waits for one thing, first come first served: the mechanism under every object that tasks wait at (notify,
 * semaphore, watch, ...). A node is a member of the future that waits: no allocation, no limit, and leaving is O(1).
 *
 * What is waited for is handed over, not announced: whoever produces it takes the first waiter out of the queue,
 * decides what becomes of it (its `outcome`) and then wakes it. So nobody who comes later can take it away, and a chosen
 * waiter that is dropped before its poll still has it: its drop passes it on.
 *
 * A queue of zeros is empty. Nodes and queues do not move while anybody waits.
 */
struct waiter_link {
    struct waiter_link *next, *previous;
};

struct wait_queue {
    struct waiter_link ends; /* of a ring; all zero until somebody waits */
};

enum waiter_state { WAITER_IDLE, WAITER_QUEUED, WAITER_CHOSEN };

struct waiter {
    struct waiter_link link; /* while it is queued */
    const char cannot_be_assigned[0];
    struct waker waker; /* of the task that polled it last */
    enum waiter_state state;
    unsigned outcome; /* what whoever chose it decided */
};

/*
 * WITH_WAITERS(queue) { ... }: looks at a queue and at the state that it belongs to, and changes both, undisturbed: no
 * interrupt handler comes in between. For a bounded few instructions; nobody is woken inside. Every function below that
 * does not say otherwise belongs in such a block. (With a second CPU the queue gets a spinlock, which is taken
 * here: each block names its queue and contains no other of the same queue. But a task of another CPU may then go on, and
 * free the object, while the waking one still uses it: semaphore_release() looks for the next waiter after each wake, and
 * a waiter in `leaving` whose future sees by itself that it is over does not wait for wait_queue_wake_all(). Both have to
 * change then.)
 */
#define WITH_WAITERS(queue)                                                                                          \
    WITHOUT_INTERRUPTS_FOR((queue), NAME_OF_THIS_LINE(waiters_before_), NAME_OF_THIS_LINE(waiters_once_))

/* Not waiting. Any time. */
void waiter_init(struct waiter *waiter);

/* Queues an idle waiter behind all others; one that is queued keeps its place, and another task may take it over. */
void wait_queue_wait(struct wait_queue *queue, struct waiter *waiter, struct waker waker);

/* The one that has waited longest, or NULL. */
struct waiter *wait_queue_first(const struct wait_queue *queue);

/* Takes the waiter, queued or idle, out of the queue with that outcome. The caller wakes the result after the block. */
struct waker waiter_choose(struct waiter *waiter, unsigned outcome);

/* Takes a waiter that gives up, or that is done, out of the queue; it is idle. Returns what it was: what a chosen one
 * was given is now the caller's to pass on. */
enum waiter_state waiter_leave(struct waiter *waiter);

/*
 * To choose all that wait:
 *
 *     struct wait_queue leaving;
 *     WITH_WAITERS(queue) { ... wait_queue_take_all(queue, &leaving); }
 *     wait_queue_wake_all(queue, &leaving, outcome);
 *
 * The first moves them from the queue to `leaving` at a constant cost: that is the moment at which it happens, and who
 * comes later is not among them. The second, outside of the block, chooses and wakes them in order, with interrupts off for
 * one at a time; who is dropped meanwhile leaves. Any context. Cost: linear in the number of waiters.
 */
void wait_queue_take_all(struct wait_queue *queue, struct wait_queue *leaving);
void wait_queue_wake_all(struct wait_queue *queue, struct wait_queue *leaving, unsigned outcome);

/* The rest of this header serves the macro. */
#define WITHOUT_INTERRUPTS_FOR(queue, before, once)                                                                  \
    for (interrupt_state before __attribute__((cleanup(interrupts_restore_guard))) = waiters_lock(queue),            \
                                *once = &before;                                                                     \
         once; once = 0)

ALWAYS_INLINE interrupt_state waiters_lock(const struct wait_queue *queue)
{
    (void)queue;
    return interrupts_save_and_disable();
}
