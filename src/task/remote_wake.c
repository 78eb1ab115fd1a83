/* SPDX-License-Identifier: MIT */
/*
 * Wakes that come from another CPU. The state word belongs to the task's home CPU (E8 in executor.c): another CPU sets a
 * flag in the slot's remote word, pushes the slot to the home's remote inbox, and interrupts the home if it is idle.
 * The home then wakes the task as its own code would.
 *
 * Invariants
 *   R1  bit 0 of `remote` is set exactly while the slot is in the remote inbox, or about to be put there by the code that
 *       set it; spawning and ending a task leave the word alone, so that at worst a successor is polled in vain
 *   R2  every waker changes the word by a read-modify-write, also when the flag is set already: the home's exchange, which
 *       comes before the poll, reads from the last of them, and so sees what each wrote before
 *   R3  the home says that it is idle before its last look at the inbox; a waker pushes before it looks whether the home
 *       is idle. Both are in one total order: either the home sees the slot, or the waker the idle home
 */
#include <tenorite/arch/cpu.h>

#include "ready_queue.h"

enum { REMOTE_FLAG = 1 };

void remote_wake(struct task *task)
{
    struct executor *executor = task->executor;
    struct task *first;

    if (__atomic_fetch_or(&task->remote, REMOTE_FLAG, __ATOMIC_ACQ_REL) & REMOTE_FLAG)
        return;
    first = __atomic_load_n(&executor->remote_inbox, __ATOMIC_RELAXED);
    do
        __atomic_exchange_n(&task->remote, (uintptr_t)first | REMOTE_FLAG, __ATOMIC_ACQ_REL); /* R2 */
    while (!__atomic_compare_exchange_n(&executor->remote_inbox, &first, task, false, __ATOMIC_SEQ_CST,
                                        __ATOMIC_RELAXED));
    if (__atomic_load_n(&executor->is_idle, __ATOMIC_SEQ_CST))
        cpu_interrupt(executor->cpu);
}

static void wake_here(struct task *task)
{
    uint32_t state = task_state_load(task);

    if (state & TASK_COUNTED)
        task_account_wake(task);
    if ((state & TASK_LIVE) && !cpu_local_test_and_set_bit(&task->state, TASK_SCHEDULED_BIT))
        ready_queue_put(task->executor, task);
}

/* The stack has the newest first; the list is turned round, so that wakes keep their order. */
void remote_wake_drain(struct executor *executor)
{
    struct task *newest_first = __atomic_exchange_n(&executor->remote_inbox, NULL, __ATOMIC_ACQUIRE);
    struct task *oldest_first = NULL;

    while (newest_first) {
        struct task *task = newest_first;
        uintptr_t link = __atomic_load_n(&task->remote, __ATOMIC_ACQUIRE) & ~(uintptr_t)REMOTE_FLAG;

        newest_first = (struct task *)link;
        __atomic_fetch_xor(&task->remote, link ^ (uintptr_t)oldest_first, __ATOMIC_ACQ_REL); /* keeps the flag */
        oldest_first = task;
    }
    while (oldest_first) {
        struct task *task = oldest_first;

        oldest_first =
            (struct task *)(__atomic_exchange_n(&task->remote, 0, __ATOMIC_ACQ_REL) & ~(uintptr_t)REMOTE_FLAG);
        wake_here(task);
    }
}
