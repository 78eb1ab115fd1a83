/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/wait_queue.h>

/*
 * Tells tasks that something happened, without a value. All-zero memory is a notify that has nothing to tell and that
 * nobody waits at.
 */
struct notify {
    bool has_permit; /* for the next one who comes; only while nobody waits */
    struct wait_queue waiters;
};

/* Makes the notify_wait that has waited longest ready. Where nobody waits the next one will be; of several such calls one
 * is kept. Never fails. Tasks and interrupt handlers, NMI handlers excepted. Cost: constant. */
void notify_one(struct notify *notify);

/* Makes all ready that wait now; keeps nothing for those who come later, and takes nothing from them that notify_one has
 * kept. Never fails. Tasks and interrupt handlers, NMI handlers excepted. Cost: linear in the number of waiters. */
void notify_all(struct notify *notify);

/* Takes what notify_one has kept, if it has. Any context but NMI handlers. */
bool notify_try_take(struct notify *notify) MUST_CHECK;

/* AWAIT(notify_wait, &self->wait, &notify): ready when it was notified. Waiters queue up at their first poll, first
 * come first served. One that notify_one has chosen, and that is dropped before it could see that, passes it on to the next.
 * A poll after completion panics. */
struct notify_wait {
    struct notify *notify; /* NULL: ended */
    struct waiter waiter;
};

void notify_wait_init(struct notify_wait *self, struct notify *notify);
enum poll notify_wait_poll(struct notify_wait *self, struct context *context);
void notify_wait_drop(struct notify_wait *self);
FUTURE_TYPE(notify_wait);
