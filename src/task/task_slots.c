/* SPDX-License-Identifier: MIT */
/*
 * The slots that task headers live in: slabs from the heap, a free list threaded through the slots; and the slots of
 * pools. Memory that was once a slot stays one, so that a stale waker always finds a state word to compare its generation
 * with.
 */
#include <tenorite/mm/heap.h>

#include "task.h"

/* What the heap gives for one slab: the slab takes one slot's place. */
struct heap_slab {
    struct task_slab slab;
    struct task slots[TASK_SLAB_SLOTS];
};

static_assert(sizeof(struct heap_slab) == (TASK_SLAB_SLOTS + 1) * sizeof(struct task), "a slab is a power of two");

void task_slab_add(struct executor *executor, struct task_slab *slab, struct task *slots, uint32_t count)
{
    *slab = (struct task_slab){.slots = slots, .count = count};
    for (uint32_t i = 0; i < count; i++) {
        int64_t address = (int64_t)(uintptr_t)&slots[i];

        ASSERT((int64_t)((uint64_t)address << 16) >> 16 == address && address % (int64_t)sizeof(*slots) == 0,
               "a task slot at %p", (void *)&slots[i]);
        slots[i] = (struct task){.executor = executor, .number = executor->statistics.slots++};
    }
    if (executor->last_slab)
        executor->last_slab->next = slab;
    else
        executor->first_slab = slab;
    executor->last_slab = slab;
    if (executor->accounts)
        task_accounts_grow(executor);
}

static bool grow(struct executor *executor)
{
    struct heap_slab *slab = heap_aligned_alloc(executor->heap, sizeof(struct task), sizeof(*slab));

    if (!slab)
        return false;
    task_slab_add(executor, &slab->slab, slab->slots, TASK_SLAB_SLOTS);
    for (int i = TASK_SLAB_SLOTS - 1; i >= 0; i--)
        task_slot_give_back(&slab->slots[i]);
    return true;
}

struct task *task_slot_take(struct executor *executor)
{
    struct task *slot;

    if (UNLIKELY(!executor->free_slots) && !grow(executor))
        return NULL;
    slot = executor->free_slots;
    executor->free_slots = slot->next;
    return slot;
}

void task_slot_give_back(struct task *task)
{
    if (task_state_load(task) & TASK_POOLED) {
        __atomic_store_n(&task->next, task, __ATOMIC_RELEASE); /* task_pool.c; the last step of a task's end */
        return;
    }
    task->next = task->executor->free_slots;
    task->executor->free_slots = task;
}
