/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/executor.h>

/*
 * Tasks that need no heap: frames and headers are reserved, so that interrupt handlers can spawn them.
 *
 *     TASK_POOL(blinkers, blink, 4);                       // in one file: at most 4 at a time
 *     task_pool_init(&blinkers, &executor);                // once, in task context
 *     POOL_SPAWN(blinkers, blink, "blink", 3)              // any context but NMI handlers: struct spawn_result
 *
 * A slot keeps its number: the next task in it has the same id.
 */
struct task_pool {
    struct task_slab slab;
    const struct future_type *type;
    struct task_slot *slots;
    void *frames; /* `count` of them, side by side */
    uint32_t count;
    struct executor *executor;
};

#define TASK_POOL(pool, type_name, slot_count)                                                                       \
    static struct task_slot pool##_slots[slot_count];                                                                \
    static struct type_name pool##_frames[slot_count];                                                               \
    static struct task_pool pool = {                                                                                 \
        .type = &type_name##_type, .slots = pool##_slots, .frames = pool##_frames, .count = (slot_count)}

/* Gives the pool's slots to an executor, for ever. Task context, once. */
void task_pool_init(struct task_pool *pool, struct executor *executor);

/* Initialises a free frame and hands it to the executor. SPAWN_NO_SLOT: as many run already as the pool has; nothing has
 * changed. Cost: one look at each slot. */
#define POOL_SPAWN(pool, type_name, task_name, ...)                                                                  \
    task_pool_start(&(pool), (task_name), ({                                                                         \
        static_assert(__builtin_types_compatible_p(typeof(pool##_frames[0]), struct type_name),                      \
                      "the pool is for futures of another type");                                                    \
        struct type_name *claimed_frame = task_pool_claim(&(pool));                                                  \
        if (claimed_frame)                                                                                           \
            type_name##_init(claimed_frame __VA_OPT__(, ) __VA_ARGS__);                                              \
        claimed_frame;                                                                                               \
    }))

/* The two halves of POOL_SPAWN: a frame that nobody else will get, or NULL; and the spawn of what was claimed. */
void *task_pool_claim(struct task_pool *pool) MUST_CHECK;
struct spawn_result task_pool_start(struct task_pool *pool, const char *name, void *frame);
