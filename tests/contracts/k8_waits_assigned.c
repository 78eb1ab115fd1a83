/* SPDX-License-Identifier: MIT */
/* gcc: assignment of read-only location '\*acquire' */
/* gcc: assignment of read-only location '\*send' */
/* gcc: assignment of read-only location '\*changed' */
/* gcc: assignment of read-only location '\*guard' */
/* gcc: assignment of read-only location '\*permit' */
/* clang: cannot assign to lvalue with nested const-qualified data member 'cannot_be_assigned' */
/* clang: cannot assign to lvalue with const-qualified data member 'cannot_be_assigned' */
#include <tenorite/task/channel.h>
#include <tenorite/task/watch.h>

DEFINE_CHANNEL(numbers, unsigned, 4);
DEFINE_WATCH(number_watch, unsigned);

void restart(struct semaphore_acquire *acquire, struct numbers_send *send, struct number_watch_changed *changed,
             struct semaphore_guard *guard, struct channel_permit *permit, struct numbers *numbers,
             struct semaphore *semaphore, struct number_watch_receiver *receiver);
void restart(struct semaphore_acquire *acquire, struct numbers_send *send, struct number_watch_changed *changed,
             struct semaphore_guard *guard, struct channel_permit *permit, struct numbers *numbers,
             struct semaphore *semaphore, struct number_watch_receiver *receiver)
{
    (void)numbers, (void)semaphore, (void)receiver;
#ifdef MISUSE
    *acquire = (struct semaphore_acquire){.count = 1};
    *send = (struct numbers_send){.value = 1};
    *changed = (struct number_watch_changed){.receiver = receiver};
    *guard = (struct semaphore_guard){.count = 1};
    *permit = (struct channel_permit){.channel = &numbers->channel};
#else
    semaphore_acquire_init(acquire, semaphore, 1);
    numbers_send_init(send, numbers, 1);
    number_watch_changed_init(changed, receiver);
    semaphore_guard_init(guard);
    channel_permit_init(permit);
#endif
}
