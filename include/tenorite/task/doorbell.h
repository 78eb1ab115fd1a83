/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/future.h>

/*
 * Tells one task that something happened, without a value and without a lock: for what an NMI handler has to say, too.
 * (For more than one waiter, and from any other context, there is notify.) Rings that come before the task waits are kept
 * as one, so that "look, then wait" loses nothing. All-zero memory is a doorbell that has not been rung.
 */
struct doorbell {
    bool is_rung;
    struct waker_slot waiter;
};

/* Makes the current or the next doorbell_wait ready. Never fails. Any context, NMI handlers included. */
void doorbell_ring(struct doorbell *doorbell);

/* AWAIT(doorbell_wait, &self->wait, &doorbell): ready when a ring has come since the last one that was taken; takes it.
 * One waiter at a time (a second one displaces the first in vain polls, see waker_slot_register). A poll after completion
 * panics. */
struct doorbell_wait {
    struct doorbell *doorbell; /* NULL: ended */
    const char cannot_be_assigned[0];
    struct waker registered;
};

void doorbell_wait_init(struct doorbell_wait *self, struct doorbell *doorbell);
enum poll doorbell_wait_poll(struct doorbell_wait *self, struct context *context);
void doorbell_wait_drop(struct doorbell_wait *self);
FUTURE_TYPE(doorbell_wait);
