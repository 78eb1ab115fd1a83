/* SPDX-License-Identifier: MIT */
/*
 * The executor: which task is polled when, and how a task ends.
 *
 * A slot's state word is in one of four states. `flags` are those that are set, CANCELLED apart:
 *
 *      state      flags              is in
 *      free       -                  the free list
 *      ready      LIVE SCHEDULED     one queue
 *      waiting    LIVE               no queue (also while it is being polled)
 *      ended      SCHEDULED          one queue
 *
 *                  1 spawn                 2 dequeue, then poll
 *          free ------------> ready <--------------------------> waiting
 *            ^                  |               3 wake              |
 *            |   5 ready, but   |                                   | 4 the poll returned
 *            |     woken in     |                                   |   POLL_READY
 *            |     that poll    v                                   |
 *            |<-------------- ended                                 |
 *            |  6 dequeue                                           |
 *            +<-----------------------------------------------------+
 *
 * 3 also happens to a ready task, and changes nothing. Cancelling sets CANCELLED and does 3; 2 then drops the frame
 * instead of polling it and goes on with 4 or 5.
 *
 * Invariants (executor_check verifies E1, E2, E4, E6)
 *   E1  SCHEDULED is set exactly while the slot is in one queue, once, or the code that set it is about to put it there
 *   E2  a slot is in the free list exactly if it is neither LIVE nor SCHEDULED
 *   E3  no wake is lost: a wake writes SCHEDULED after the event's data; dequeuing clears it before the poll reads them.
 *       So either the poll sees the data, or the wake finds the bit clear and queues the task again
 *   E4  a frame exists exactly while LIVE is set; step() alone polls and drops it, and no step runs inside another
 *   E5  the generation changes exactly when LIVE is cleared; from then on no waker can set SCHEDULED (task_from_bits)
 *   E6  the FIFO belongs to task code, the inbox is a stack to which handlers push and from which task code takes all:
 *       no element is ever taken out of the middle, so that a compare-and-swap cannot be fooled by a reused one
 *   E7  the CPU sleeps only if, with interrupts off, FIFO and inbox were empty and no timer was due. An interrupt after
 *       that look ends the sleep (cpu_idle leaves no gap), and the loop looks again
 *
 * Fairness. A pass polls what was in the FIFO when it began, at most EXECUTOR_BATCH tasks, each once: who is woken
 * later stands behind them. Before each pass the inbox is put behind the FIFO, oldest first, and due timers wake
 * their tasks. So a ready task is polled after at most one poll of every task before it, whatever these do but block.
 *
 * Wakes cost one read-modify-write without a bus lock, and the append. Handlers push with a compare-and-swap, because
 * an NMI may push between its load and its store.
 *
 * For several CPUs each has its executor. A wake from another CPU will not touch the state word: it sets a word of its
 * own in the slot (which has room for it) and pushes to a second inbox.
 */
#include <tenorite/arch/cpu.h>
#include <tenorite/arch/interrupts.h>
#include <tenorite/arch/timer.h>
#include <tenorite/lib/text.h>
#include <tenorite/mm/heap.h>

#include "task.h"

enum { EXECUTOR_BATCH = 64, EXECUTOR_TIMER_BATCH = 64, HEAP_ALIGNMENT = 16 };

void executor_init(struct executor *executor, struct heap *heap)
{
    memset(executor, 0, sizeof(*executor));
    executor->heap = heap;
    timer_queue_init(&executor->timers);
}

void *executor_frame_alloc(struct executor *executor, const struct future_type *type)
{
    if (type->alignment <= HEAP_ALIGNMENT)
        return heap_alloc(executor->heap, type->size);
    return heap_aligned_alloc(executor->heap, type->alignment, type->size);
}

void executor_frame_free(struct executor *executor, void *frame)
{
    heap_free(executor->heap, frame);
}

static uint32_t next_id(struct executor *executor)
{
    if (++executor->last_id == 0)
        executor->last_id = 1;
    return executor->last_id;
}

struct spawn_result executor_spawn(struct executor *executor, const struct future_type *type, const char *name,
                                   void *frame)
{
    struct task *task;
    uint32_t generation;

    ASSERT(!interrupts_in_handler(), "spawn of %s in an interrupt handler", type->name);
    ASSERT(frame, "spawn of %s without a frame", type->name);
    task = task_slot_take(executor);
    if (!task)
        return (struct spawn_result){.error = SPAWN_NO_MEMORY};
    task->type = type;
    task->frame = frame;
    task->name = name ? name : type->name;
    task->polls = 0;
    task->id = next_id(executor);
    generation = task->state >> TASK_GENERATION_SHIFT;
    __atomic_store_n(&task->state,
                     generation << TASK_GENERATION_SHIFT | 1u << TASK_LIVE_BIT | 1u << TASK_SCHEDULED_BIT,
                     __ATOMIC_RELEASE);
    executor_enqueue(executor, task);
    executor->statistics.spawned++;
    executor->statistics.live_tasks++;
    return (struct spawn_result){.id = task->id, .task = {task_bits(task)}};
}

struct spawn_result executor_spawn_or_free(struct executor *executor, const struct future_type *type,
                                           const char *name, void *frame)
{
    struct spawn_result result = {.error = SPAWN_NO_MEMORY};

    if (!frame)
        return result;
    result = executor_spawn(executor, type, name, frame);
    if (result.error != SPAWN_OK) {
        type->drop(frame);
        executor_frame_free(executor, frame);
    }
    return result;
}

enum cancel_result executor_cancel(struct task_handle handle)
{
    struct task *task = task_from_bits(handle.bits);

    if (!task)
        return CANCEL_TOO_LATE;
    cpu_local_test_and_set_bit(&task->state, TASK_CANCELLED_BIT);
    waker_wake((struct waker){handle.bits});
    return CANCEL_REQUESTED;
}

static void append(struct executor *executor, struct task *task)
{
    task->next = NULL;
    if (executor->ready_first)
        executor->ready_last->next = task;
    else
        executor->ready_first = task;
    executor->ready_last = task;
    executor->ready_count++;
}

void executor_enqueue(struct executor *executor, struct task *task)
{
    if (!interrupts_in_handler()) {
        append(executor, task);
        return;
    }
    task->next = __atomic_load_n(&executor->inbox, __ATOMIC_RELAXED);
    while (
        !__atomic_compare_exchange_n(&executor->inbox, &task->next, task, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        ;
}

/* A plain load tests the inbox first: the exchange locks the bus. */
static void drain_inbox(struct executor *executor)
{
    struct task *newest_first, *oldest_first = NULL;

    if (!__atomic_load_n(&executor->inbox, __ATOMIC_RELAXED))
        return;
    newest_first = __atomic_exchange_n(&executor->inbox, NULL, __ATOMIC_ACQUIRE);
    while (newest_first) {
        struct task *task = newest_first;

        newest_first = task->next;
        task->next = oldest_first;
        oldest_first = task;
    }
    while (oldest_first) {
        struct task *task = oldest_first;

        oldest_first = task->next;
        append(executor, task);
    }
}

static struct task *dequeue(struct executor *executor)
{
    struct task *task = executor->ready_first;

    ASSERT(task, "the FIFO is empty, but counts %u tasks", executor->ready_count);
    executor->ready_first = task->next;
    executor->ready_count--;
    return task;
}

/* Transitions 4 and 5. Once LIVE is clear nothing else changes the word (E5), so that a plain store can follow. */
static void end_task(struct executor *executor, struct task *task)
{
    uint32_t state, generation;

    cpu_local_test_and_clear_bit(&task->state, TASK_LIVE_BIT);
    state = task_state_load(task);
    generation = (state >> TASK_GENERATION_SHIFT) + 1;
    __atomic_store_n(&task->state, generation << TASK_GENERATION_SHIFT | (state & 1u << TASK_SCHEDULED_BIT),
                     __ATOMIC_RELAXED);
    executor_frame_free(executor, task->frame);
    task->frame = NULL;
    executor->statistics.live_tasks--;
    if (!task_state_has(state, TASK_SCHEDULED_BIT))
        task_slot_give_back(task);
}

static enum poll poll_task(struct executor *executor, struct task *task)
{
    struct context context = {.executor = executor, .waker = {task_bits(task)}};

    task->polls++;
    executor->statistics.polls++;
    return task->type->poll(task->frame, &context);
}

/* Dequeues one task: transitions 2 and 6, and what the poll leads to. */
static void step(struct executor *executor)
{
    struct task *task = dequeue(executor);
    uint32_t state;

    cpu_local_test_and_clear_bit(&task->state, TASK_SCHEDULED_BIT); /* before the poll: E3 */
    state = task_state_load(task);
    if (!task_state_has(state, TASK_LIVE_BIT)) {
        task_slot_give_back(task);
        return;
    }
    executor->current = task;
    if (task_state_has(state, TASK_CANCELLED_BIT)) {
        task->type->drop(task->frame);
        executor->statistics.cancelled++;
        end_task(executor, task);
    } else if (poll_task(executor, task) == POLL_READY) {
        executor->statistics.completed++;
        end_task(executor, task);
    }
    executor->current = NULL;
}

static bool timer_is_due(const struct executor *executor)
{
    return executor->timers.count && timer_queue_is_due(&executor->timers, clock_ns());
}

static bool has_work(const struct executor *executor)
{
    return executor->ready_first || __atomic_load_n(&executor->inbox, __ATOMIC_RELAXED) || timer_is_due(executor);
}

/* One pass (see Fairness above); false if there is nothing left to do. */
static bool run_pass(struct executor *executor)
{
    uint32_t polls;

    ASSERT(!executor->current, "E4: the executor was entered again, in task %u", executor->current->id);
    drain_inbox(executor);
    if (executor->timers.count)
        timer_queue_expire(&executor->timers, clock_ns(), EXECUTOR_TIMER_BATCH);
    polls = executor->ready_count < EXECUTOR_BATCH ? executor->ready_count : EXECUTOR_BATCH;
    while (polls--)
        step(executor);
    return has_work(executor);
}

/* E7: the look and the sleep are one step as far as interrupt handlers can tell. */
static void sleep_until_interrupt(struct executor *executor)
{
    interrupts_disable();
    if (has_work(executor) || !timer_arm(timer_queue_next_deadline(&executor->timers))) {
        interrupts_enable();
        return;
    }
    executor->statistics.idles++;
    cpu_idle();
}

void executor_run(struct executor *executor)
{
    for (;;) {
        if (!run_pass(executor))
            sleep_until_interrupt(executor);
    }
}

void executor_run_until_idle(struct executor *executor)
{
    while (run_pass(executor))
        ;
}
