/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * A waker names one task, for ever, in 8 bytes: copying it is an assignment and there is nothing to drop.
 *
 *      63                              22 21                  0
 *     +----------------------------------+---------------------+
 *     | address of the task's slot / 64  | generation          |
 *     +----------------------------------+---------------------+
 *
 * A slot is a 64-byte header whose memory is never used for anything else, so a waker may outlive its task. The slot's
 * generation changes when a task ends; a waker of an ended task no longer matches and does nothing. After 2^22 tasks
 * in one slot the generations repeat, and a waker that old causes one spurious poll, which every future tolerates.
 */
struct waker {
    uint64_t bits;
};

/* Wakes nobody. A waker in zeroed memory is this one. */
#define WAKER_NONE ((struct waker){0})

/* Has the task polled soon, once, however often it is called before that poll; a task woken while it is being polled
 * is polled again. What was written before the wake is seen by the poll. Does nothing once the task has ended.
 * Never fails, allocates nothing, takes no lock. Any context on the task's home CPU, NMI handlers included. */
void waker_wake(struct waker waker);

ALWAYS_INLINE bool waker_is_same(struct waker left, struct waker right)
{
    return left.bits == right.bits;
}

/*
 * A place where one future leaves its waker for code in any other context (futures-rs calls it AtomicWaker).
 * All-zero memory is an empty slot. The protocol that loses no wake:
 *
 *     the future:    register, then look (again) at what it waits for; pending only if it is still not there
 *     the producer:  change what the future looks at, then waker_slot_wake()
 */
struct waker_slot {
    uint64_t bits;
};

/* Leaves `waker` in the slot. If the slot held another task's waker that one is woken: of two waiters none is lost,
 * though both may be polled in vain. Task context. */
void waker_slot_register(struct waker_slot *slot, struct waker waker);

/* Empties the slot and wakes the task that was in it, if any. Any context. */
void waker_slot_wake(struct waker_slot *slot);

/* Empties the slot if it still holds `waker`: the waiting future gave up. Task context. */
void waker_slot_forget(struct waker_slot *slot, struct waker waker);
