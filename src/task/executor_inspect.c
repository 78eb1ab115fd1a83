/* SPDX-License-Identifier: MIT */
/* Looking at an executor's tasks, and checking its invariants; both walk the slabs. */
#include <tenorite/arch/interrupts.h>

#include "task.h"

static enum task_state state_of(const struct executor *executor, const struct task *task, uint32_t state)
{
    if (!(state & TASK_LIVE))
        return TASK_ENDED;
    if (task == executor->current)
        return TASK_RUNNING;
    return state & TASK_SCHEDULED ? TASK_READY : TASK_WAITING;
}

/* The next slot, whatever its state. Slabs are only ever added, at the end: the cursor stays valid. */
static const struct task *next_slot(const struct executor *executor, struct task_cursor *cursor)
{
    if (!cursor->is_started)
        *cursor = (struct task_cursor){.slab = executor->first_slab, .is_started = true};
    while (cursor->slab && cursor->index == cursor->slab->count)
        *cursor = (struct task_cursor){.slab = cursor->slab->next, .is_started = true};
    return cursor->slab ? &cursor->slab->slots[cursor->index++] : NULL;
}

bool executor_next_task(const struct executor *executor, struct task_cursor *cursor, struct task_info *info)
{
    const struct task *task;

    while ((task = next_slot(executor, cursor))) {
        uint32_t state = task_state_load(task);

        if (!(state & (TASK_LIVE | TASK_FINISHED)))
            continue;
        *info = (struct task_info){
            .handle = {task_bits(task, state)},
            .name = task->name,
            .type_name = task->type->name,
            .id = task->id,
            .parent_id = task->parent_id,
            .priority = task_priority(state),
            .awaited_line = task->type->awaited_line ? task->type->awaited_line(task->frame) : 0,
            .state = state_of(executor, task, state),
        };
        return true;
    }
    return false;
}

bool executor_trace(struct task_handle handle, struct tracer *tracer)
{
    const struct task *task = task_slot_of(handle.bits);
    uint32_t state = task ? task_state_load(task) : 0;

    if (!task || !task_is_of(state, handle.bits, TASK_LIVE | TASK_FINISHED))
        return false;
    if ((state & TASK_LIVE) && task != task->executor->current)
        future_trace(task->type, task->frame, tracer);
    else
        tracer->visit(tracer, task->type, task->frame);
    return true;
}

const char *task_state_name(enum task_state state)
{
    static const char *const names[] = {
        [TASK_READY] = "ready", [TASK_RUNNING] = "running", [TASK_WAITING] = "waiting", [TASK_ENDED] = "ended"};

    return names[state];
}

/* Counts a queue and checks each member of it; a slot that is queued twice makes a cycle, which the limit ends. */
static uint32_t check_queue(const struct executor *executor, const struct task *first)
{
    uint32_t length = 0;

    for (const struct task *task = first; task; task = task->next) {
        ASSERT(length < executor->statistics.slots, "E1: a queue holds more tasks than there are slots (%u)",
               executor->statistics.slots);
        ASSERT(task_state_load(task) & TASK_SCHEDULED, "E1: task %u is queued but not scheduled", task->id);
        ASSERT(task->executor == executor, "E1: task %u is queued with a foreign executor", task->id);
        length++;
    }
    return length;
}

static uint32_t check_queues(const struct executor *executor)
{
    uint32_t length = check_queue(executor, executor->inbox);

    for (unsigned i = 0; i < TENORITE_TASK_PRIORITIES; i++) {
        const struct task_fifo *fifo = &executor->ready[i];

        length += check_queue(executor, fifo->first);
        ASSERT(!*fifo->last_link, "E1: the last task of FIFO %u has a successor", i);
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
        ASSERT(!(state & (TASK_LIVE | TASK_SCHEDULED | TASK_FINISHED | TASK_POOLED)),
               "E2: slot %p is in the free list with state %x", (const void *)task, state);
        length++;
    }
    return length;
}

static void check_slots(const struct executor *executor)
{
    struct task_cursor cursor = {};
    const struct task *task;
    uint32_t scheduled = 0, unused = 0;
    uint32_t queued = check_queues(executor);
    uint32_t free_slots = check_free_slots(executor);

    while ((task = next_slot(executor, &cursor))) {
        uint32_t state = task_state_load(task);
        bool has_frame = (state & (TASK_LIVE | TASK_FINISHED)) != 0;

        ASSERT(has_frame == !!task->frame, "E4: slot %p has state %x and frame %p", (const void *)task, state,
               task->frame);
        scheduled += (state & TASK_SCHEDULED) != 0;
        unused += !has_frame && !(state & (TASK_SCHEDULED | TASK_POOLED));
    }
    ASSERT(scheduled == queued, "E1: %u slots are scheduled, %u are queued", scheduled, queued);
    ASSERT(unused == free_slots, "E2: %u slots are unused, %u are in the free list", unused, free_slots);
}

void executor_check(struct executor *executor)
{
    WITHOUT_INTERRUPTS {
        check_slots(executor);
    }
}
