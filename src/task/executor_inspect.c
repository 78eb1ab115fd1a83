/* SPDX-License-Identifier: MIT */
/* Looking at an executor's tasks, and checking its invariants; both walk the slabs. */
#include <tenorite/arch/interrupts.h>

#include "task.h"

static enum task_state state_of(const struct executor *executor, const struct task *task)
{
    if (task == executor->current)
        return TASK_RUNNING;
    return task_state_has(task_state_load(task), TASK_SCHEDULED_BIT) ? TASK_READY : TASK_WAITING;
}

/* The next slot, whatever its state. Slabs are only ever added, at the end: the cursor stays valid. */
static const struct task *next_slot(const struct executor *executor, struct task_cursor *cursor)
{
    if (!cursor->is_started)
        *cursor = (struct task_cursor){.slab = executor->first_slab, .is_started = true};
    if (cursor->slab && cursor->index == TASK_SLAB_SLOTS)
        *cursor = (struct task_cursor){.slab = cursor->slab->next, .is_started = true};
    return cursor->slab ? &cursor->slab->slots[cursor->index++] : NULL;
}

bool executor_next_task(const struct executor *executor, struct task_cursor *cursor, struct task_info *info)
{
    const struct task *task;

    while ((task = next_slot(executor, cursor))) {
        if (!task_state_has(task_state_load(task), TASK_LIVE_BIT))
            continue;
        *info = (struct task_info){
            .handle = {task_bits(task)},
            .name = task->name,
            .type_name = task->type->name,
            .id = task->id,
            .polls = task->polls,
            .awaited_line = task->type->awaited_line ? task->type->awaited_line(task->frame) : 0,
            .state = state_of(executor, task),
        };
        return true;
    }
    return false;
}

const char *task_state_name(enum task_state state)
{
    static const char *const names[] = {
        [TASK_READY] = "ready", [TASK_RUNNING] = "running", [TASK_WAITING] = "waiting"};

    return names[state];
}

/* Counts a queue and checks each member of it; a slot that is queued twice makes a cycle, which `limit` ends. */
static uint32_t check_queue(const struct executor *executor, const struct task *first, uint32_t limit)
{
    uint32_t length = 0;

    for (const struct task *task = first; task; task = task->next) {
        ASSERT(length < limit, "E1: a queue holds more tasks than there are slots (%u)", limit);
        ASSERT(task_state_has(task_state_load(task), TASK_SCHEDULED_BIT), "E1: task %u is queued but not scheduled",
               task->id);
        ASSERT(task->executor == executor, "E1: task %u is queued with a foreign executor", task->id);
        length++;
    }
    return length;
}

static uint32_t check_free_slots(const struct executor *executor)
{
    uint32_t length = 0;

    for (const struct task *task = executor->free_slots; task; task = task->next) {
        uint32_t state = task_state_load(task);

        ASSERT(length < executor->statistics.slots, "E2: the free list is longer than %u",
               executor->statistics.slots);
        ASSERT(!task_state_has(state, TASK_LIVE_BIT) && !task_state_has(state, TASK_SCHEDULED_BIT),
               "E2: slot %p is in the free list with state %x", (const void *)task, state);
        length++;
    }
    return length;
}

static void check_slots(const struct executor *executor)
{
    struct task_cursor cursor = {};
    const struct task *task;
    uint32_t live = 0, scheduled = 0, unused = 0;
    uint32_t ready = check_queue(executor, executor->ready_first, executor->statistics.slots);
    uint32_t inbox = check_queue(executor, executor->inbox, executor->statistics.slots);
    uint32_t free_slots = check_free_slots(executor);

    while ((task = next_slot(executor, &cursor))) {
        uint32_t state = task_state_load(task);

        ASSERT(task_state_has(state, TASK_LIVE_BIT) == !!task->frame, "E4: slot %p has state %x and frame %p",
               (const void *)task, state, task->frame);
        live += task_state_has(state, TASK_LIVE_BIT);
        scheduled += task_state_has(state, TASK_SCHEDULED_BIT);
        unused += !task_state_has(state, TASK_LIVE_BIT) && !task_state_has(state, TASK_SCHEDULED_BIT);
    }
    ASSERT(scheduled == ready + inbox, "E1: %u slots are scheduled, %u and %u are queued", scheduled, ready, inbox);
    ASSERT(unused == free_slots, "E2: %u slots are unused, %u are in the free list", unused, free_slots);
    ASSERT(live == executor->statistics.live_tasks, "E4: %u slots live, %u counted", live,
           executor->statistics.live_tasks);
    ASSERT(ready == executor->ready_count, "E6: the FIFO has %u tasks, %u counted", ready, executor->ready_count);
}

void executor_check(struct executor *executor)
{
    WITHOUT_INTERRUPTS {
        check_slots(executor);
    }
}
