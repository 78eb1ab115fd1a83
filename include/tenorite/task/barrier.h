/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/wait_queue.h>

/*
 * A place where tasks wait until a number of them have come; then all go on, one of them as the leader, and the barrier
 * serves the next round. Task context.
 */
struct barrier {
    uint32_t size;
    uint32_t arrived; /* in this round; always fewer than `size` */
    uint32_t round;   /* modulo 2^32 */
    struct wait_queue waiters;
};

/* For `size` tasks, 1 or more. */
void barrier_init(struct barrier *barrier, uint32_t size);

enum barrier_role { BARRIER_FOLLOWER, BARRIER_LEADER };

/* AWAIT(barrier_wait, &self->wait, &barrier): ready when `size` tasks have come; self->wait.result is BARRIER_LEADER for the
 * one that came last. Who is dropped before that has not come. A poll after completion panics. */
struct barrier_wait {
    struct barrier *barrier; /* NULL: ended */
    struct waiter waiter;
    uint32_t round; /* in which it came */
    enum barrier_role result;
};

void barrier_wait_init(struct barrier_wait *self, struct barrier *barrier);
enum poll barrier_wait_poll(struct barrier_wait *self, struct context *context);
void barrier_wait_drop(struct barrier_wait *self);
FUTURE_TYPE(barrier_wait, FUTURE_RESULT(barrier_wait));
