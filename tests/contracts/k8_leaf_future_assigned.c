/* SPDX-License-Identifier: MIT */
/* gcc: assignment of read-only location '\*sleep' */
/* gcc: assignment of read-only location '\*timer' */
/* gcc: assignment of read-only location '\*read' */
/* gcc: assignment of read-only location '\*wait' */
/* gcc: assignment of read-only location '\*ring' */
/* clang: cannot assign to lvalue with nested const-qualified data member 'cannot_be_assigned' */
/* clang: cannot assign to lvalue with const-qualified data member 'cannot_be_assigned' */
#include <tenorite/task/byte_queue.h>
#include <tenorite/task/doorbell.h>
#include <tenorite/task/notify.h>
#include <tenorite/task/sleep.h>

void restart(struct sleep *sleep, struct timer *timer, struct byte_read *read, struct notify_wait *wait,
             struct doorbell_wait *ring)
{
#ifdef MISUSE
    *sleep = (struct sleep){.length = MILLISECONDS(1)};
    *timer = (struct timer){.deadline_ns = 1};
    *read = (struct byte_read){.queue = read->queue};
    *wait = (struct notify_wait){.notify = wait->notify};
    *ring = (struct doorbell_wait){.doorbell = ring->doorbell};
#else
    sleep_init(sleep, MILLISECONDS(1));
    timer_remove(timer);
    byte_read_init(read, read->queue);
    notify_wait_init(wait, wait->notify);
    doorbell_wait_init(ring, ring->doorbell);
#endif
}
