/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/cpu.h>
#include <tenorite/task/waker.h>

#include "ready_queue.h"

void waker_wake(struct waker waker)
{
    struct task *task = task_slot_of(waker.bits);
    uint32_t difference;

    if (UNLIKELY(!task))
        return;
    difference = task_difference(task_state_load(task), waker.bits);
    if (UNLIKELY(difference != 0)) {
        if (difference != TASK_COUNTED)
            return;
        if (cpu_is_home(task->executor->cpu)) /* the account, too, belongs to that CPU (E8) */
            task_account_wake(task);
    }
    if (!cpu_is_home(task->executor->cpu)) {
        remote_wake(task);
        return;
    }
    /* The task cannot end between the check and the next line: only task code ends tasks, and if this is an interrupt
     * handler, task code runs again after it has returned. The bit is written even if it seems to be set: the write is
     * what publishes the caller's data to the poll that follows (E3). */
    if (!cpu_local_test_and_set_bit(&task->state, TASK_SCHEDULED_BIT))
        ready_queue_put(task->executor, task);
}

/* The executor's own context is that of its current task: live, at home, not counted, and no handler runs. */
void context_wake(struct context *context)
{
    struct executor *executor = context->executor;

    if (UNLIKELY(!executor || context != &executor->context)) {
        waker_wake(context->waker);
        return;
    }
    if (!cpu_local_test_and_set_bit(&executor->current->state, TASK_SCHEDULED_BIT))
        fifo_append(fifo_of(executor, executor->current), executor->current);
}

void waker_slot_register(struct waker_slot *slot, struct waker waker)
{
    struct waker before = {__atomic_exchange_n(&slot->bits, waker.bits, __ATOMIC_SEQ_CST)};

    if (!waker_is_same(before, waker))
        waker_wake(before);
}

void waker_slot_wake(struct waker_slot *slot)
{
    struct waker waker = {__atomic_exchange_n(&slot->bits, 0, __ATOMIC_SEQ_CST)};

    waker_wake(waker);
}

void waker_slot_forget(struct waker_slot *slot, struct waker waker)
{
    if (waker.bits)
        __atomic_compare_exchange_n(&slot->bits, &waker.bits, 0, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}
