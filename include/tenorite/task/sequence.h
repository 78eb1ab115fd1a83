/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/wait_queue.h>

/*
 * Counts what happened, and lets tasks wait until the count has moved on from what they have seen: the part that watch,
 * broadcast and oneshot share. The count and what it stands for change together:
 *
 *     struct wait_queue leaving = {};
 *     WITH_WAITERS(&sequence.waiters) { value = ...; sequence_advance(&sequence, &leaving); }
 *     sequence_wake(&sequence, &leaving);
 *
 * and whoever has waited copies the value in a block like that. All-zero memory is a sequence in which nothing has
 * happened.
 */
struct sequence {
    uint64_t count;
    bool is_closed; /* it will not move on */
    struct wait_queue waiters;
};

ALWAYS_INLINE void sequence_advance(struct sequence *sequence, struct wait_queue *leaving)
{
    sequence->count++;
    wait_queue_take_all(&sequence->waiters, leaving);
}

/* Tasks and interrupt handlers, NMI handlers excepted. Cost: linear in the number of those who wait. */
ALWAYS_INLINE void sequence_wake(struct sequence *sequence, struct wait_queue *leaving)
{
    wait_queue_wake_all(&sequence->waiters, leaving, 0);
}

/* The count as it is now. Any context but NMI handlers. */
ALWAYS_INLINE uint64_t sequence_count(const struct sequence *sequence)
{
    return __atomic_load_n(&sequence->count, __ATOMIC_RELAXED);
}

/* Whoever waits is told that nothing more comes. As sequence_wake. */
void sequence_close(struct sequence *sequence);

/* AWAIT(sequence_wait, &self->wait, &sequence, seen): ready when the count is not `seen` or the sequence is closed. Holds
 * nothing. A poll after completion panics. */
struct sequence_wait {
    struct sequence *sequence; /* NULL: ended */
    uint64_t seen;
    struct waiter waiter;
};

void sequence_wait_init(struct sequence_wait *self, struct sequence *sequence, uint64_t seen);
enum poll sequence_wait_poll(struct sequence_wait *self, struct context *context);
void sequence_wait_drop(struct sequence_wait *self);
FUTURE_TYPE(sequence_wait);
