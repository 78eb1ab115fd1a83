/* SPDX-License-Identifier: MIT */
/*
 * The slots that task headers live in: slabs from the heap, a free list threaded through the slots. Memory that was
 * once a slot stays one, so that a stale waker always finds a state word to compare its generation with.
 */
#include "task.h"

#include <tenorite/mm/heap.h>

static bool grow(struct executor *executor)
{
    struct task_slab *slab = heap_aligned_alloc(executor->heap, TASK_SLOT_BYTES, sizeof(*slab));

    if (!slab)
        return false;
    slab->next = NULL;
    for (int i = TASK_SLAB_SLOTS - 1; i >= 0; i--) {
        struct task *slot = &slab->slots[i];
        int64_t address = (int64_t)(uintptr_t)slot;

        ASSERT((int64_t)((uint64_t)address << 16) >> 16 == address && address % TASK_SLOT_BYTES == 0,
               "the heap gave a task slot at %p", (void *)slot);
        slot->state = 0;
        slot->executor = executor;
        slot->frame = NULL;
        slot->next = executor->free_slots;
        executor->free_slots = slot;
    }
    if (executor->last_slab)
        executor->last_slab->next = slab;
    else
        executor->first_slab = slab;
    executor->last_slab = slab;
    executor->statistics.slots += TASK_SLAB_SLOTS;
    return true;
}

struct task *task_slot_take(struct executor *executor)
{
    struct task *slot;

    if (!executor->free_slots && !grow(executor))
        return NULL;
    slot = executor->free_slots;
    executor->free_slots = slot->next;
    return slot;
}

void task_slot_give_back(struct task *task)
{
    task->next = task->executor->free_slots;
    task->executor->free_slots = task;
}
