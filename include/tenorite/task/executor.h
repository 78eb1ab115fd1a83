/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/future.h>
#include <tenorite/task/timers.h>

/*
 * The executor of one CPU: owns tasks, polls those that were woken, in first-in-first-out order within a priority, lets
 * the CPU sleep when there are none.
 *
 * A task is a future in a block of memory, its frame, and a 64-byte header that the executor keeps. The executor alone
 * polls and drops a frame, never during a poll. Frames come from the heap and are freed when the future is ready or
 * cancelled, unless they are borrowed (executor_spawn_borrowed, task_pool.h). Everything here is task context on the
 * executor's own CPU, early boot included, unless it says otherwise; none of it is for interrupt handlers but waking
 * (waker.h), cancelling, and spawning from a pool.
 */
struct heap;
struct task;
struct task_accounts;

/* Room for one header. */
struct task_slot {
    char bytes[64];
} __attribute__((aligned(64)));

/* Headers that lie side by side. */
struct task_slab {
    struct task_slab *next;
    struct task *slots;
    uint32_t count;
};

struct task_fifo {
    struct task *first;
    struct task **last_link; /* where the next one is linked */
};

struct executor_statistics {
    uint64_t spawned;
    uint64_t completed;
    uint64_t cancelled;
    uint64_t polls;
    uint64_t idles; /* times the CPU was put to sleep */
    uint32_t slots; /* headers ever made: 64 bytes each, reused, never given back */
};

/* Priorities are 0, the highest, to TENORITE_TASK_PRIORITIES - 1; a new task has the one in the middle. */
enum { TASK_PRIORITY_DEFAULT = TENORITE_TASK_PRIORITIES / 2 };

struct executor { /* NOLINT(clang-analyzer-optin.performance.Padding): a cache line for other CPUs */
    const char cannot_be_assigned[0]; /* it has pointers to itself */
    struct task_fifo ready[TENORITE_TASK_PRIORITIES];
    struct task *inbox; /* newest first; interrupt handlers push, task code takes all */
    struct task *current;
    struct context context; /* what it is polled with; only the waker changes from poll to poll */
    uint32_t budget;        /* of the current poll: budget.h */
    uint32_t cpu;           /* the one whose tasks these are */
    uint32_t last_id;
    uint32_t turns;                 /* counts dequeued tasks: which priority goes first */
    uint32_t draw;                  /* what select drew last to be fair */
    struct task_accounts *accounts; /* NULL: statistics are off (task_accounts.h) */
    struct heap *heap;
    struct task *free_slots;
    struct task_slab *first_slab;
    struct task_slab *last_slab;
    uint64_t alarm_ns; /* the deadline that timer_arm() was last told */
    struct timer_queue timers;
    struct executor_statistics statistics;
    /* What other CPUs write to. */
    struct task *remote_inbox __attribute__((aligned(64)));
    bool is_idle;
    bool has_alarm_rung; /* handlers set it */
};

/* An executor without tasks, of the CPU that calls. It takes frames and headers from `heap` and must stay where it is
 * (assigning it does not compile). */
void executor_init(struct executor *executor, struct heap *heap);

/* To be called by the handler that timer_start() was given: has the executor look at the clock, and timers fire that are
 * due. They do at no other time. Any context but NMI handlers. */
void executor_alarm(struct executor *executor);

/* Names one task; of an ended task it names nothing. As a waker, whose bits these are, it may name another task once 2^22
 * have ended in the same slot; unlike a wake, a cancel is then not harmless: who keeps handles that long uses join. */
struct task_handle {
    uint64_t bits;
};

enum NODISCARD spawn_error {
    SPAWN_OK,
    SPAWN_NO_MEMORY,
    SPAWN_NO_SLOT /* of a pool */,
    SPAWN_CANCELLED /* BLOCK_ON */
};

struct NODISCARD spawn_result {
    enum spawn_error error;
    uint32_t id; /* 1, 2, 3...: for people */
    struct task_handle task;
};

/*
 * SPAWN(&executor, blink, "blink", 3): allocates a frame, calls blink_init(frame, 3) and hands it to the executor. The
 * task runs in the current or next pass. Yields a struct spawn_result. `executor_pointer` is evaluated twice.
 * SPAWN_NO_MEMORY: no task; an initialised frame has been dropped, so that its cleanup section ran.
 */
#define SPAWN(executor_pointer, type, task_name, ...)                                                                \
    executor_spawn_or_free((executor_pointer), &type##_type, (task_name), ({                                         \
                               struct type *spawned_frame = executor_frame_alloc((executor_pointer), &type##_type);  \
                               if (spawned_frame)                                                                    \
                                   type##_init(spawned_frame __VA_OPT__(, ) __VA_ARGS__);                            \
                               spawned_frame;                                                                        \
                           }))

/* As SPAWN, for a task whose end somebody waits for: join.h. Its frame is kept until a join has taken the value, or
 * join_detach has given it up. */
#define SPAWN_JOINABLE(executor_pointer, type, task_name, ...)                                                       \
    executor_spawn_joinable_or_free((executor_pointer), &type##_type, (task_name), ({                                \
                                        struct type *spawned_frame =                                                 \
                                            executor_joinable_frame_alloc((executor_pointer), &type##_type);         \
                                        if (spawned_frame)                                                           \
                                            type##_init(spawned_frame __VA_OPT__(, ) __VA_ARGS__);                   \
                                        spawned_frame;                                                               \
                                    }))

/* Makes a task of an initialised future. `frame` comes from executor_frame_alloc and belongs to the executor from now
 * on; `type` and `name` must outlive the task; a NULL name is the type's. SPAWN_NO_MEMORY: nothing changed, the frame
 * still belongs to the caller. */
struct spawn_result executor_spawn(struct executor *executor, const struct future_type *type, const char *name,
                                   void *frame);

/* As executor_spawn, but on an error, a NULL frame included, drops and frees the frame. */
struct spawn_result executor_spawn_or_free(struct executor *executor, const struct future_type *type,
                                           const char *name, void *frame);

/* The same for a frame of executor_joinable_frame_alloc, and for nothing else. */
struct spawn_result executor_spawn_joinable_or_free(struct executor *executor, const struct future_type *type,
                                                    const char *name, void *frame);

/* The same for a frame that stays the caller's: in static memory, or inside another future. It must stay where it is until
 * the task has ended: executor_is_live() tells, executor_end_borrowed() ends it. */
struct spawn_result executor_spawn_borrowed(struct executor *executor, const struct future_type *type,
                                            const char *name, void *frame);

/* Memory for one frame of `type`, or NULL; executor_frame_free takes back one that was not spawned. A frame for
 * executor_spawn_joinable_or_free comes from the third, and goes nowhere else. */
void *executor_frame_alloc(struct executor *executor, const struct future_type *type) MUST_CHECK;
void executor_frame_free(struct executor *executor, void *frame);
void *executor_joinable_frame_alloc(struct executor *executor, const struct future_type *type) MUST_CHECK;

enum NODISCARD cancel_result { CANCEL_REQUESTED, CANCEL_TOO_LATE };

/* Asks the executor to drop the task instead of polling it again: its cleanup section runs, once, in a later pass. A
 * task that is being polled may still complete first. CANCEL_TOO_LATE: it has ended. Any context on its CPU. */
enum cancel_result executor_cancel(struct task_handle task);

/* Drops a task with a borrowed frame now, unless it has ended: its cleanup section runs before this returns. Not the task
 * that is being polled. */
void executor_end_borrowed(struct task_handle task);

/* Whether the task has not ended yet. Any context on its CPU. */
bool executor_is_live(struct task_handle task);

/* The queue that the task stands in from its next wake on; 0 is the highest. Does nothing once the task has ended. */
void executor_set_priority(struct task_handle task, unsigned priority);

/* Drops every task, those that cleanup sections spawn included, each once. What others keep of them, wakers and handles,
 * does nothing from then on; the executor can be used again. Not during a poll, and with nothing left that spawns from
 * interrupt handlers. */
void executor_drop_all(struct executor *executor);

/* BLOCK_ON(&executor, blink, &frame, 3): initialises the frame, which may lie on the stack, and runs it and all other
 * tasks until it is ready. Sleeps while there is nothing to do; interrupts must be on then. Not from a task.
 * SPAWN_NO_MEMORY: it has been dropped unpolled. SPAWN_CANCELLED: somebody has cancelled the task; it was dropped. */
#define BLOCK_ON(executor_pointer, type, frame, ...)                                                                 \
    (type##_init((frame)__VA_OPT__(, ) __VA_ARGS__), executor_block_on((executor_pointer), &type##_type, (frame)))

enum spawn_error executor_block_on(struct executor *executor, const struct future_type *type, void *frame);

/* Runs tasks for ever; sleeps while there is nothing to do. Interrupts must be on. */
NO_RETURN void executor_run(struct executor *executor);

/* Runs tasks until none is ready and no timer is due. Returns never if a task always wakes itself. */
void executor_run_until_idle(struct executor *executor);

/*
 * Looks at the tasks one by one:
 *
 *     struct task_cursor cursor = {};
 *     struct task_info info;
 *     while (executor_next_task(executor, &cursor, &info)) { ... }
 *
 * Tasks may come and go and the caller may await in between: it sees every task that lives from the first call to the
 * last exactly once. Tasks that have ended but were not joined are among them. Cost: constant a slot.
 */
struct task_cursor {
    const struct task_slab *slab;
    uint32_t index;
    bool is_started;
};

enum task_state { TASK_READY, TASK_RUNNING, TASK_WAITING, TASK_ENDED /* not joined yet */ };

struct task_info {
    struct task_handle handle;
    const char *name;
    const char *type_name;
    uint32_t id;
    uint32_t parent_id; /* of the task that spawned it; 0: none did */
    unsigned priority;
    unsigned awaited_line; /* 0: not started, or not known */
    enum task_state state;
};

bool executor_next_task(const struct executor *executor, struct task_cursor *cursor, struct task_info *info)
    MUST_CHECK;

/* Shows who waits for whom in a task, from its own future down to the leaf (struct tracer). Of the task that asks, which
 * is in the middle of a poll, and of one that has ended, the first future only. False: there is no such task any more. */
bool executor_trace(struct task_handle task, struct tracer *tracer);

/* "ready", "running", "waiting" or "ended". */
const char *task_state_name(enum task_state state);

/* Checks the invariants at the top of src/task/executor.c and panics with the first that is broken. Between polls or
 * during one; turns interrupts off for its duration, linear in the number of slots. */
void executor_check(struct executor *executor);
