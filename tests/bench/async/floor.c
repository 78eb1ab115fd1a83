/* SPDX-License-Identifier: MIT */
#include "floor.h"

static void end_task(struct floor_executor *executor, struct floor_task *task)
{
    if (task->state & FLOOR_POOLED) {
        task->next = executor->pool.first;
        executor->pool.first = task;
    }
    task->state = FLOOR_ENDED;
}

void floor_run(struct floor_executor *executor)
{
    struct floor_task *task;
    while ((task = executor->first) != NULL) {
        executor->first = task->next;
        if (executor->first == NULL)
            executor->end = &executor->first;
        task->state &= ~(uint32_t)FLOOR_QUEUED;
        if (task->poll(task) == FLOOR_READY)
            end_task(executor, task);
    }
}

struct floor_task *floor_task_new(struct floor_executor *executor, enum floor_poll (*poll)(struct floor_task *task))
{
    struct floor_task *task = executor->pool.first;
    if (task == NULL)
        return NULL;
    executor->pool.first = task->next;
    *task = (struct floor_task){.poll = poll, .executor = executor, .state = FLOOR_POOLED};
    return task;
}

void floor_pool_fill(struct floor_pool *pool, struct floor_task *tasks, size_t count)
{
    for (size_t i = count; i-- > 0;) {
        tasks[i].next = pool->first;
        pool->first = &tasks[i];
    }
}
