/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/panic.h>
#include <tenorite/task/executor.h>

/*
 * The header of a task, and the slots that headers live in. Private to src/task.
 *
 * The state word: bits 0..9 flags and priority, bits 10..31 the generation. Only code on the executor's CPU changes it;
 * what an interrupt handler may change at the same time is changed by one read-modify-write instruction.
 */
enum task_flag {
    TASK_SCHEDULED = 1 << 0, /* in exactly one queue, or about to be put there by the code that set the bit */
    TASK_LIVE = 1 << 1,      /* has a frame; wakes count */
    TASK_CANCELLED = 1 << 2, /* to be dropped instead of polled */
    TASK_JOINABLE = 1 << 3,  /* the frame has a struct joinable in front */
    TASK_COUNTED = 1 << 4,   /* its wakes and polls are counted (task_accounts.c) */
    TASK_FINISHED = 1 << 5,  /* not live, but the frame is kept for who joins */
    TASK_BORROWED = 1 << 6,  /* the frame is not the executor's to free */
    TASK_POOLED = 1 << 7,    /* the slot belongs to a task pool */
};

enum {
    TASK_SCHEDULED_BIT = 0,
    TASK_PRIORITY_SHIFT = 8,
    TASK_PRIORITY_MASK = 3,
    TASK_GENERATION_SHIFT = 10,
    TASK_GENERATIONS = 1 << 22,
    TASK_SLAB_SLOTS = 31,
};

static_assert(TENORITE_TASK_PRIORITIES >= 1 && TENORITE_TASK_PRIORITIES <= TASK_PRIORITY_MASK + 1,
              "the state word has two bits for the priority");

struct task {
    uint32_t state;
    uint32_t id;       /* for people; counted up, never 0 */
    struct task *next; /* in the FIFO, the inbox, or the free list; to itself: free, of a pool */
    uintptr_t remote;  /* bit 0: another CPU has woken this slot; the rest: link in the remote inbox */
    struct executor *executor;
    const struct future_type *type;
    void *frame;
    const char *name;
    uint32_t parent_id; /* of the task that spawned this one; 0: none did */
    uint32_t number;    /* of the slot, from 0 on; never changes */
} __attribute__((aligned(64)));

static_assert(sizeof(struct task) == sizeof(struct task_slot),
              "a waker stores the slot's address without its low 6 bits");

/* In front of a joinable task's frame. */
struct joinable {
    struct waker_slot joiner;
    bool was_cancelled;
    bool is_detached; /* nobody will join */
};

ALWAYS_INLINE struct joinable *joinable_of(void *frame)
{
    return (struct joinable *)frame - 1;
}

/* A slot of the executor in which no task lives, or NULL without memory. Task context. */
struct task *task_slot_take(struct executor *executor);

/* The slot is in no queue and no task lives in it; a pool's stays where it is. */
void task_slot_give_back(struct task *task);

/* Makes the `count` slots at `slots` known to the executor, as those of `slab`. Task context. */
void task_slab_add(struct executor *executor, struct task_slab *slab, struct task *slots, uint32_t count);

/* The next number for people. Task context. */
uint32_t task_next_id(struct executor *executor);

/* Makes a task of a frame in a slot that nothing else uses, with the given flags, and queues it. Any context. */
struct spawn_result task_start(struct task *task, const struct future_type *type, const char *name, void *frame,
                               uint32_t flags);

/* The block of the heap that holds a joinable task's frame. */
void *executor_joinable_block(const struct future_type *type, void *frame);

/* Frees the frame of a joinable task that has ended, and the slot. Task context. */
void task_release_finished(struct task *task);

/* While statistics are on (task_accounts.c): a task begins, whose account there is if the result is true; a task that is
 * COUNTED is woken, is polled; there are more slots than before. */
bool task_account_begin(const struct task *task);
void task_account_wake(const struct task *task);
enum poll task_account_poll(struct task *task, struct context *context);
void task_accounts_grow(struct executor *executor);

/* The other end of a wake that comes from another CPU (src/task/remote_wake.c). */
void remote_wake(struct task *task);
void remote_wake_drain(struct executor *executor);

ALWAYS_INLINE uint32_t task_state_load(const struct task *task)
{
    return __atomic_load_n(&task->state, __ATOMIC_RELAXED);
}

ALWAYS_INLINE uint32_t task_generation(uint32_t state)
{
    return state >> TASK_GENERATION_SHIFT;
}

ALWAYS_INLINE unsigned task_priority(uint32_t state)
{
    return TENORITE_TASK_PRIORITIES == 1 ? 0 : state >> TASK_PRIORITY_SHIFT & TASK_PRIORITY_MASK;
}

/* The 48 significant bits of the address, without the 6 that are zero, above the generation. */
ALWAYS_INLINE uint64_t task_bits(const struct task *task, uint32_t state)
{
    return (uint64_t)(uintptr_t)task << 16 | task_generation(state);
}

/* The slot that a waker or a handle names; NULL for one of zeros. The arithmetic shift restores the upper half's sign. */
ALWAYS_INLINE struct task *task_slot_of(uint64_t bits)
{
    return (struct task *)(uintptr_t)((int64_t)bits >> 16 & ~(int64_t)(sizeof(struct task) - 1));
}

/* Whether a state word is of the generation that the bits name, and has one of `flags` set. */
ALWAYS_INLINE bool task_is_of(uint32_t state, uint64_t bits, uint32_t flags)
{
    return ((state ^ (uint32_t)bits << TASK_GENERATION_SHIFT) >> TASK_GENERATION_SHIFT) == 0 && (state & flags) != 0;
}

/* What a waker finds different in a state word: 0 if it is of its generation, live and not counted. */
ALWAYS_INLINE uint32_t task_difference(uint32_t state, uint64_t bits)
{
    uint32_t generation = ~0u << TASK_GENERATION_SHIFT;

    return (state ^ ((uint32_t)bits << TASK_GENERATION_SHIFT | TASK_LIVE)) & (generation | TASK_LIVE | TASK_COUNTED);
}

/* The live task that a waker or a handle names, or NULL. */
ALWAYS_INLINE struct task *task_live(uint64_t bits)
{
    struct task *task = task_slot_of(bits);

    return task && task_is_of(task_state_load(task), bits, TASK_LIVE) ? task : NULL;
}
