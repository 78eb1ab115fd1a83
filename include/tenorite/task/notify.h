/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/future.h>

/*
 * Tells one task that something happened: an event without a value. Signals that come before the task waits are kept
 * as one, so that "look, then wait" loses nothing. All-zero memory is a notify that has not been signalled.
 */
struct notify {
    bool is_signalled;
    struct waker_slot waiter;
};

/* Makes the current or the next notify_wait ready. Never fails. Any context, NMI handlers included. */
void notify_signal(struct notify *notify);

/* AWAIT(notify_wait, &self->wait, &notify): ready when a signal has come since the last one that was taken; takes it.
 * One waiter at a time (a second one displaces the first in vain polls, see waker_slot_register). A poll after completion
 * panics. */
struct notify_wait {
    struct notify *notify; /* NULL: ended */
    const char cannot_be_assigned[0];
    struct waker registered;
};

void notify_wait_init(struct notify_wait *self, struct notify *notify);
enum poll notify_wait_poll(struct notify_wait *self, struct context *context);
void notify_wait_drop(struct notify_wait *self);
FUTURE_TYPE(notify_wait);
