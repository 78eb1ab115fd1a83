/* SPDX-License-Identifier: MIT */
/* How a task begins: memory for its frame, a slot for its header, its place in the queue. How it ends: executor.c. */
#include <tenorite/arch/cpu.h>
#include <tenorite/arch/interrupts.h>
#include <tenorite/mm/heap.h>

#include "ready_queue.h"

enum { HEAP_ALIGNMENT = 16 };

static_assert(sizeof(struct joinable) == HEAP_ALIGNMENT, "what stands in front of a frame leaves it aligned");

static void *alloc_block(struct executor *executor, size_t alignment, size_t size)
{
    if (LIKELY(alignment <= HEAP_ALIGNMENT))
        return heap_alloc(executor->heap, size);
    return heap_aligned_alloc(executor->heap, alignment, size);
}

void *executor_frame_alloc(struct executor *executor, const struct future_type *type)
{
    return alloc_block(executor, type->alignment, type->size);
}

void executor_frame_free(struct executor *executor, void *frame)
{
    heap_free(executor->heap, frame);
}

/* From the start of a joinable task's block to its frame. */
static size_t offset_in_block(const struct future_type *type)
{
    return type->alignment > sizeof(struct joinable) ? type->alignment : sizeof(struct joinable);
}

void *executor_joinable_frame_alloc(struct executor *executor, const struct future_type *type)
{
    size_t offset = offset_in_block(type);
    char *block = alloc_block(executor, type->alignment, offset + type->size);

    if (!block)
        return NULL;
    *joinable_of(block + offset) = (struct joinable){};
    return block + offset;
}

void *executor_joinable_block(const struct future_type *type, void *frame)
{
    return (char *)frame - offset_in_block(type);
}

uint32_t task_next_id(struct executor *executor)
{
    if (++executor->last_id == 0)
        executor->last_id = 1;
    return executor->last_id;
}

struct spawn_result task_start(struct task *task, const struct future_type *type, const char *name, void *frame,
                               uint32_t flags)
{
    struct executor *executor = task->executor;
    uint32_t state = task_generation(task_state_load(task)) << TASK_GENERATION_SHIFT |
                     TASK_PRIORITY_DEFAULT << TASK_PRIORITY_SHIFT | flags | TASK_LIVE | TASK_SCHEDULED;

    if (UNLIKELY(executor->accounts != NULL) && task_account_begin(task))
        state |= TASK_COUNTED;

    ASSERT(cpu_is_home(executor->cpu), "spawn of %s on a CPU that is not the executor's", type->name);
    task->type = type;
    task->frame = frame;
    task->name = name ? name : type->name;
    task->parent_id = executor->current && !interrupts_in_handler() ? executor->current->id : 0;
    __atomic_store_n(&task->state, state, __ATOMIC_RELEASE);
    ready_queue_put(executor, task);
    cpu_local_increment(&executor->statistics.spawned);
    return (struct spawn_result){.id = task->id, .task = {task_bits(task, state)}};
}

static struct spawn_result spawn(struct executor *executor, const struct future_type *type, const char *name,
                                 void *frame, uint32_t flags)
{
    struct task *task;

    ASSERT(!interrupts_in_handler(), "spawn of %s in an interrupt handler, and not from a pool", type->name);
    ASSERT(frame, "spawn of %s without a frame", type->name);
    task = task_slot_take(executor);
    if (!task)
        return (struct spawn_result){.error = SPAWN_NO_MEMORY};
    task->id = task_next_id(executor);
    return task_start(task, type, name, frame, flags);
}

struct spawn_result executor_spawn(struct executor *executor, const struct future_type *type, const char *name,
                                   void *frame)
{
    return spawn(executor, type, name, frame, 0);
}

struct spawn_result executor_spawn_borrowed(struct executor *executor, const struct future_type *type,
                                            const char *name, void *frame)
{
    return spawn(executor, type, name, frame, TASK_BORROWED);
}

static struct spawn_result spawn_or_free(struct executor *executor, const struct future_type *type, const char *name,
                                         void *frame, uint32_t flags)
{
    struct spawn_result result = {.error = SPAWN_NO_MEMORY};

    if (!frame)
        return result;
    result = spawn(executor, type, name, frame, flags);
    if (result.error != SPAWN_OK) {
        type->drop(frame);
        executor_frame_free(executor, flags & TASK_JOINABLE ? executor_joinable_block(type, frame) : frame);
    }
    return result;
}

struct spawn_result executor_spawn_or_free(struct executor *executor, const struct future_type *type,
                                           const char *name, void *frame)
{
    return spawn_or_free(executor, type, name, frame, 0);
}

struct spawn_result executor_spawn_joinable_or_free(struct executor *executor, const struct future_type *type,
                                                    const char *name, void *frame)
{
    return spawn_or_free(executor, type, name, frame, TASK_JOINABLE);
}
