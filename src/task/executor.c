/* SPDX-License-Identifier: MIT */
/*
 * The executor: which task is polled when, and how a task ends. How one begins is in spawn.c.
 *
 * A slot's state word is in one of five states. `flags` are those that are set, of LIVE, SCHEDULED and FINISHED:
 *
 *      state      flags               is in
 *      free       -                   the free list, or a pool
 *      ready      LIVE SCHEDULED      one queue
 *      waiting    LIVE                no queue (also while it is being polled)
 *      ended      [SCHEDULED]         one queue, because it was woken in its last poll
 *      finished   FINISHED [SCHEDULED]  perhaps one queue; its frame is kept for who joins it
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
 * instead of polling it and goes on with 4 or 5. A joinable task passes through finished on its way from 4 or 5.
 *
 * Invariants (executor_check verifies E1, E2, E4)
 *   E1  SCHEDULED is set exactly while the slot is in one queue, once, or the code that set it is about to put it there
 *   E2  a slot of the heap is in the free list exactly if it is neither LIVE nor SCHEDULED nor FINISHED
 *   E3  no wake is lost: a wake writes SCHEDULED after the event's data; dequeuing clears it before the poll reads them.
 *       So either the poll sees the data, or the wake finds the bit clear and queues the task again
 *   E4  a frame exists exactly while LIVE or FINISHED is set; it is polled and dropped by step() alone, by
 *       executor_end_borrowed() and by executor_drop_all(), and no step runs inside another
 *   E5  the generation changes exactly when the frame goes; once LIVE is clear no waker can set SCHEDULED
 *   E6  a FIFO belongs to task code; handlers push to the inbox (ready_queue.h)
 *   E7  the CPU sleeps only if, with interrupts off, all queues were empty and no timer was due. An interrupt after that
 *       look ends the sleep (cpu_idle leaves no gap), and the loop looks again; so does an NMI, which may push to the
 *       inbox at any time (cpu_idle_while_null)
 *   E8  only code on the executor's CPU changes a state word; other CPUs push to the remote inbox (remote_wake.c)
 *   E9  before each batch of polls and before the CPU sleeps the alarm is set to the earliest deadline, or has rung. The
 *       clock is read only when it has: its handler sets a flag, and so does a deadline that was late to be armed
 *
 * Fairness. Of the FIFOs the first that is not empty is served, but in each PRIORITY_TURNS turns each priority goes first
 * once: so each gets a poll in 64, and within a priority a ready task is polled after at most one poll of every task
 * before it. Every EXECUTOR_BATCH polls the inboxes are put behind the FIFOs, oldest first, and at most
 * EXECUTOR_TIMER_BATCH timers fire. A poll that finds results ready for ever is ended by its budget (budget.h).
 *
 * Wakes cost one read-modify-write without a bus lock, and the append.
 */
#include <tenorite/arch/cpu.h>
#include <tenorite/arch/interrupts.h>
#include <tenorite/arch/timer.h>
#include <tenorite/lib/text.h>
#include <tenorite/task/budget.h>
#include <tenorite/task/join.h>

#include "ready_queue.h"

enum { EXECUTOR_BATCH = 16, EXECUTOR_TIMER_BATCH = 64, PRIORITY_TURNS = 64 };

void executor_init(struct executor *executor, struct heap *heap)
{
    memset(executor, 0, sizeof(*executor));
    executor->heap = heap;
    executor->context.executor = executor;
    executor->cpu = cpu_number();
    for (unsigned i = 0; i < TENORITE_TASK_PRIORITIES; i++)
        fifo_init(&executor->ready[i]);
    timer_queue_init(&executor->timers);
    executor->alarm_ns = UINT64_MAX;
}

enum cancel_result executor_cancel(struct task_handle handle)
{
    struct task *task = task_live(handle.bits);

    if (!task)
        return CANCEL_TOO_LATE;
    ASSERT(cpu_is_home(task->executor->cpu), "task %u is cancelled on a CPU that is not its own", task->id);
    cpu_local_set_bits(&task->state, TASK_CANCELLED);
    waker_wake((struct waker){handle.bits});
    return CANCEL_REQUESTED;
}

bool executor_is_live(struct task_handle handle)
{
    return task_live(handle.bits) != NULL;
}

void executor_set_priority(struct task_handle handle, unsigned priority)
{
    struct task *task = task_live(handle.bits);

    ASSERT(priority < TENORITE_TASK_PRIORITIES, "priority %u of %d", priority, TENORITE_TASK_PRIORITIES);
    if (!task || TENORITE_TASK_PRIORITIES == 1)
        return;
    ASSERT(cpu_is_home(task->executor->cpu), "task %u is changed on a CPU that is not its own", task->id);
    WITHOUT_INTERRUPTS {
        cpu_local_clear_bits(&task->state, TASK_PRIORITY_MASK << TASK_PRIORITY_SHIFT);
        cpu_local_set_bits(&task->state, priority << TASK_PRIORITY_SHIFT);
    }
}

/* Plain loads test the inboxes first: an exchange locks the bus. */
static void drain_inboxes(struct executor *executor)
{
    if (UNLIKELY(__atomic_load_n(&executor->inbox, __ATOMIC_RELAXED) != NULL))
        inbox_drain(executor);
    if (UNLIKELY(__atomic_load_n(&executor->remote_inbox, __ATOMIC_RELAXED) != NULL))
        remote_wake_drain(executor);
}

/* The first FIFO that is not empty, from number `first` on and round; NULL if all are empty. */
static COLD struct task_fifo *fifo_from(struct executor *executor, unsigned first)
{
    for (unsigned i = 0; i < TENORITE_TASK_PRIORITIES; i++) {
        struct task_fifo *fifo = &executor->ready[(first + i) % TENORITE_TASK_PRIORITIES];

        if (fifo->first)
            return fifo;
    }
    return NULL;
}

/* The FIFO whose turn it is (see Fairness), or NULL if all are empty. */
ALWAYS_INLINE struct task_fifo *fifo_to_serve(struct executor *executor)
{
    if (TENORITE_TASK_PRIORITIES > 1) {
        unsigned turn = executor->turns++ % PRIORITY_TURNS;

        if (UNLIKELY(turn < TENORITE_TASK_PRIORITIES))
            return fifo_from(executor, TENORITE_TASK_PRIORITIES - 1 - turn);
    }
    for (unsigned i = 0; i < TENORITE_TASK_PRIORITIES; i++)
        if (executor->ready[i].first)
            return &executor->ready[i];
    return NULL;
}

/* The frame goes, and with it everything that wakers and handles name. Once LIVE is clear nothing else changes the word
 * (E5), so that a plain store can follow. */
static void forget(struct task *task, void *block)
{
    uint32_t state = task_state_load(task);
    uint32_t kept = state & (TASK_SCHEDULED | TASK_POOLED);

    __atomic_store_n(&task->state, (task_generation(state) + 1) << TASK_GENERATION_SHIFT | kept, __ATOMIC_RELAXED);
    task->frame = NULL;
    if (block)
        executor_frame_free(task->executor, block);
    if (!(state & TASK_SCHEDULED))
        task_slot_give_back(task);
}

/* What the heap gave for the frame; NULL for a borrowed one. */
static void *block_of(const struct task *task, uint32_t state)
{
    if (state & TASK_BORROWED)
        return NULL;
    return state & TASK_JOINABLE ? executor_joinable_block(task->type, task->frame) : task->frame;
}

void task_release_finished(struct task *task)
{
    uint32_t state = task_state_load(task);

    ASSERT(state & TASK_FINISHED, "task %u has not ended: state %x", task->id, state);
    cpu_local_clear_bits(&task->state, TASK_FINISHED);
    forget(task, block_of(task, state));
}

enum task_end { TASK_COMPLETED, TASK_DROPPED };

/* A joinable task's frame stays, unless nobody will join. */
static void finish_joinable(struct task *task, uint32_t state, enum task_end end)
{
    struct joinable *joinable = joinable_of(task->frame);

    joinable->was_cancelled = end == TASK_DROPPED;
    if (joinable->is_detached) {
        if (end == TASK_COMPLETED && task->type->drop_result)
            task->type->drop_result((char *)task->frame + task->type->result_offset);
        forget(task, block_of(task, state));
        return;
    }
    cpu_local_set_bits(&task->state, TASK_FINISHED);
    waker_slot_wake(&joinable->joiner);
}

/* Transitions 4 and 5. */
static void end_task(struct task *task, enum task_end end)
{
    uint32_t state;

    cpu_local_clear_bits(&task->state, TASK_LIVE);
    state = task_state_load(task);
    if (end == TASK_COMPLETED)
        task->executor->statistics.completed++;
    else
        task->executor->statistics.cancelled++;
    if (state & TASK_JOINABLE) {
        finish_joinable(task, state, end);
        return;
    }
    if (end == TASK_COMPLETED && UNLIKELY(task->type->drop_result != NULL))
        task->type->drop_result((char *)task->frame + task->type->result_offset);
    forget(task, block_of(task, state));
}

static void drop_task(struct task *task)
{
    struct executor *executor = task->executor;
    struct task *outer = executor->current;

    if (!outer)
        executor->current = task; /* its cleanup section does not enter the executor either (E4) */
    task->type->drop(task->frame);
    executor->current = outer;
    end_task(task, TASK_DROPPED);
}

/* Not a task that is simply polled: transition 6, the end of one that was cancelled, or a poll that is counted. */
static COLD void step_otherwise(struct executor *executor, struct task *task, uint32_t state)
{
    struct context context = executor->context; /* not the executor's own: its wakes are counted */

    context.waker.bits = task_bits(task, state);
    if (!(state & TASK_LIVE)) {
        if (!(state & TASK_FINISHED))
            task_slot_give_back(task);
    } else if (state & TASK_CANCELLED) {
        drop_task(task);
    } else {
        executor->budget = POLL_BUDGET;
        executor->statistics.polls++;
        if (task_account_poll(task, &context) == POLL_READY)
            end_task(task, TASK_COMPLETED);
    }
}

/* Transition 2, and what the poll leads to. */
ALWAYS_INLINE void step(struct executor *executor, struct task *task)
{
    uint32_t state;

    cpu_local_clear_bits(&task->state, TASK_SCHEDULED); /* before the poll: E3 */
    state = task_state_load(task);
    executor->current = task;
    if (UNLIKELY((state & (TASK_LIVE | TASK_CANCELLED | TASK_COUNTED)) != TASK_LIVE)) {
        step_otherwise(executor, task, state);
        return;
    }
    executor->context.waker.bits = task_bits(task, state);
    executor->budget = POLL_BUDGET;
    executor->statistics.polls++;
    if (task->type->poll(task->frame, &executor->context) == POLL_READY)
        end_task(task, TASK_COMPLETED);
}

void executor_end_borrowed(struct task_handle handle)
{
    struct task *task = task_live(handle.bits);

    if (!task)
        return;
    ASSERT(task_state_load(task) & TASK_BORROWED, "task %u has its own frame: cancel it", task->id);
    ASSERT(task != task->executor->current, "task %u ends itself", task->id);
    drop_task(task);
}

void executor_alarm(struct executor *executor)
{
    __atomic_store_n(&executor->has_alarm_rung, true, __ATOMIC_RELAXED);
}

/* For a deadline that has passed already no alarm will ring. */
static void set_alarm(struct executor *executor, uint64_t deadline_ns)
{
    executor->alarm_ns = deadline_ns;
    if (!timer_arm(deadline_ns))
        executor_alarm(executor);
}

/* E9 */
ALWAYS_INLINE bool timer_is_due(struct executor *executor)
{
    uint64_t deadline_ns = timer_queue_next_deadline(&executor->timers);

    if (UNLIKELY(deadline_ns != executor->alarm_ns))
        set_alarm(executor, deadline_ns);
    return __atomic_load_n(&executor->has_alarm_rung, __ATOMIC_RELAXED);
}

/* An alarm that rings during this is for the next look. */
static void expire_timers(struct executor *executor)
{
    uint64_t now_ns;

    __atomic_store_n(&executor->has_alarm_rung, false, __ATOMIC_RELAXED);
    now_ns = clock_ns();
    if (executor->alarm_ns <= now_ns)
        executor->alarm_ns = UINT64_MAX; /* it has rung: what is due at that time again has to be armed again */
    timer_queue_expire(&executor->timers, now_ns, EXECUTOR_TIMER_BATCH);
    if (timer_queue_is_due(&executor->timers, now_ns))
        executor_alarm(executor);
}

static bool has_ready_task(const struct executor *executor)
{
    for (unsigned i = 0; i < TENORITE_TASK_PRIORITIES; i++)
        if (executor->ready[i].first)
            return true;
    return __atomic_load_n(&executor->inbox, __ATOMIC_RELAXED) ||
           __atomic_load_n(&executor->remote_inbox, __ATOMIC_SEQ_CST); /* R3 */
}

static bool has_work(struct executor *executor)
{
    return has_ready_task(executor) || timer_is_due(executor);
}

/* Up to EXECUTOR_BATCH polls; false if there is nothing left to do. */
static bool run_batch(struct executor *executor)
{
    if (UNLIKELY(timer_is_due(executor)))
        expire_timers(executor);
    drain_inboxes(executor);
    for (unsigned polls = 0; polls < EXECUTOR_BATCH; polls++) {
        struct task_fifo *fifo = fifo_to_serve(executor);

        if (!fifo)
            break;
        step(executor, fifo_take(fifo));
    }
    executor->current = NULL;
    return has_work(executor);
}

/* E7: the look and the sleep are one step as far as interrupt handlers can tell, and other CPUs (R3). */
static void sleep_until_interrupt(struct executor *executor)
{
    interrupts_disable();
    __atomic_store_n(&executor->is_idle, true, __ATOMIC_SEQ_CST);
    if (has_work(executor)) {
        interrupts_enable();
    } else {
        executor->statistics.idles++;
        cpu_idle_while_null(&executor->inbox);
    }
    __atomic_store_n(&executor->is_idle, false, __ATOMIC_RELAXED);
}

static void assert_not_entered(const struct executor *executor)
{
    ASSERT(!executor->current, "E4: the executor was entered again, in task %u", executor->current->id);
}

void executor_run(struct executor *executor)
{
    assert_not_entered(executor);
    for (;;) {
        if (!run_batch(executor))
            sleep_until_interrupt(executor);
    }
}

void executor_run_until_idle(struct executor *executor)
{
    assert_not_entered(executor);
    while (run_batch(executor))
        ;
}

/* Runs somebody else's future, and tells whether it came to its end. */
struct blocked {
    const struct future_type *type;
    void *frame;
    bool is_ready;
};

static enum poll blocked_poll(struct blocked *self, struct context *context)
{
    self->is_ready = self->type->poll(self->frame, context) == POLL_READY;
    return self->is_ready ? POLL_READY : POLL_PENDING;
}

static void blocked_drop(struct blocked *self)
{
    self->type->drop(self->frame);
}

static void blocked_trace(void *self, struct tracer *tracer)
{
    future_trace(((struct blocked *)self)->type, ((struct blocked *)self)->frame, tracer);
}

FUTURE_TYPE(blocked, .trace = blocked_trace);

enum spawn_error executor_block_on(struct executor *executor, const struct future_type *type, void *frame)
{
    struct blocked blocked = {.type = type, .frame = frame};
    struct spawn_result task;

    assert_not_entered(executor);
    task = executor_spawn_borrowed(executor, &blocked_type, "block_on", &blocked);
    if (task.error != SPAWN_OK) {
        type->drop(frame);
        return task.error;
    }
    while (executor_is_live(task.task))
        if (!run_batch(executor) && executor_is_live(task.task))
            sleep_until_interrupt(executor);
    return blocked.is_ready ? SPAWN_OK : SPAWN_CANCELLED;
}

/* True if any task was there to end. */
static bool drop_each_once(struct executor *executor)
{
    bool found = false;

    for (struct task_slab *slab = executor->first_slab; slab; slab = slab->next)
        for (uint32_t i = 0; i < slab->count; i++) {
            struct task *task = &slab->slots[i];
            uint32_t state = task_state_load(task);

            found |= (state & (TASK_LIVE | TASK_FINISHED)) != 0;
            if (state & TASK_LIVE)
                drop_task(task);
            if (task_state_load(task) & TASK_FINISHED)
                join_detach((struct task_handle){task_bits(task, task_state_load(task))});
        }
    return found;
}

void executor_drop_all(struct executor *executor)
{
    assert_not_entered(executor);
    while (drop_each_once(executor))
        ;
    executor_run_until_idle(executor); /* polls nobody: takes what has ended out of the queues */
}
