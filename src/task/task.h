/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/panic.h>
#include <tenorite/task/executor.h>

/*
 * The header of a task, and the slots that headers live in. Private to src/task.
 *
 * The state word: bits 0..9 flags, bits 10..31 the generation. Only code on the executor's CPU changes it; flags that
 * an interrupt handler may change at the same time are changed by one read-modify-write instruction.
 */
enum task_flag {
    TASK_SCHEDULED_BIT = 0, /* in exactly one queue, or about to be put there by the code that set the bit */
    TASK_LIVE_BIT = 1,      /* has a frame; wakes count */
    TASK_CANCELLED_BIT = 2, /* to be dropped instead of polled */
    TASK_GENERATION_SHIFT = 10,
};

enum { TASK_SLOT_BYTES = 64, TASK_GENERATIONS = 1 << 22, TASK_SLAB_SLOTS = 31 };

struct task {
    uint32_t state;
    uint32_t polls;
    struct task *next; /* in the FIFO, the inbox, or the free list */
    struct executor *executor;
    const struct future_type *type;
    void *frame;
    const char *name;
    uint32_t id;
} __attribute__((aligned(TASK_SLOT_BYTES)));

static_assert(sizeof(struct task) == TASK_SLOT_BYTES, "a waker stores the slot's address without its low 6 bits");

/* Slots come from the heap by the slab and never go back. */
struct task_slab {
    struct task_slab *next;
    struct task slots[TASK_SLAB_SLOTS];
};

static_assert(sizeof(struct task_slab) == 2048, "the slab's link takes one slot's place");

/* A slot of the executor in which no task lives and whose `executor` is set, or NULL without memory. */
struct task *task_slot_take(struct executor *executor);

/* The slot is in no queue and no task lives in it. */
void task_slot_give_back(struct task *task);

/* Puts a task whose SCHEDULED bit the caller has just changed from clear to set into a queue. Any context. */
void executor_enqueue(struct executor *executor, struct task *task);

ALWAYS_INLINE uint32_t task_state_load(const struct task *task)
{
    return __atomic_load_n(&task->state, __ATOMIC_RELAXED);
}

ALWAYS_INLINE bool task_state_has(uint32_t state, enum task_flag bit)
{
    return state >> bit & 1;
}

/* The 48 significant bits of the address, without the 6 that are zero, above the generation. */
ALWAYS_INLINE uint64_t task_bits(const struct task *task)
{
    return (uint64_t)(uintptr_t)task << 16 | task_state_load(task) >> TASK_GENERATION_SHIFT;
}

/* The live task that a waker or a handle names, or NULL. The arithmetic shift restores the upper half's sign. */
ALWAYS_INLINE struct task *task_from_bits(uint64_t bits)
{
    struct task *task = (struct task *)(uintptr_t)((int64_t)bits >> 16 & ~(int64_t)(TASK_SLOT_BYTES - 1));
    uint32_t state;

    if (!task)
        return NULL;
    state = task_state_load(task);
    if (state >> TASK_GENERATION_SHIFT != (bits & (TASK_GENERATIONS - 1)) || !task_state_has(state, TASK_LIVE_BIT))
        return NULL;
    return task;
}
