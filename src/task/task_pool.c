/* SPDX-License-Identifier: MIT */
/*
 * A slot of a pool is free while its link points to itself. Its state word does not say it: a handler may claim while a
 * task in the slot is coming to its end, and that has several steps, of which the link is the last. Handlers are not
 * interrupted, and task code claims with interrupts off, so that one look and one write are enough.
 */
#include <tenorite/task/task_pool.h>

#include <tenorite/arch/interrupts.h>

#include "task.h"

static struct task *slot_at(const struct task_pool *pool, uint32_t index)
{
    return (struct task *)(void *)&pool->slots[index];
}

static void *frame_at(const struct task_pool *pool, uint32_t index)
{
    return (char *)pool->frames + index * pool->type->size;
}

void task_pool_init(struct task_pool *pool, struct executor *executor)
{
    ASSERT(!pool->executor, "the pool of %s has an executor already", pool->type->name);
    pool->executor = executor;
    task_slab_add(executor, &pool->slab, slot_at(pool, 0), pool->count);
    for (uint32_t i = 0; i < pool->count; i++) {
        slot_at(pool, i)->state = TASK_POOLED;
        slot_at(pool, i)->id = task_next_id(executor);
        task_slot_give_back(slot_at(pool, i));
    }
}

void *task_pool_claim(struct task_pool *pool)
{
    ASSERT(pool->executor, "the pool of %s has no executor yet", pool->type->name);
    WITHOUT_INTERRUPTS {
        for (uint32_t i = 0; i < pool->count; i++) {
            struct task *task = slot_at(pool, i);

            if (__atomic_load_n(&task->next, __ATOMIC_ACQUIRE) != task)
                continue;
            task->next = NULL;
            return frame_at(pool, i);
        }
    }
    return NULL;
}

struct spawn_result task_pool_start(struct task_pool *pool, const char *name, void *frame)
{
    size_t offset = (size_t)((char *)frame - (char *)pool->frames);
    uint32_t index = (uint32_t)(offset / pool->type->size);

    if (!frame)
        return (struct spawn_result){.error = SPAWN_NO_SLOT};
    ASSERT(offset < pool->count * pool->type->size && offset % pool->type->size == 0 && !slot_at(pool, index)->next &&
               !(task_state_load(slot_at(pool, index)) & (TASK_LIVE | TASK_SCHEDULED)),
           "frame %p was not claimed from the pool of %s", frame, pool->type->name);
    return task_start(slot_at(pool, index), pool->type, name, frame, TASK_BORROWED | TASK_POOLED);
}
