/* SPDX-License-Identifier: MIT */
/*
 * How tasks are woken and the CPU goes to sleep, on one CPU: src/task/executor.c, src/task/waker.c, and cpu_idle() with
 * the common exit of src/arch/x86_64/interrupt_entry.S.
 *
 * Three processes. The executor stands still while a handler runs (`provided`). An interrupt handler starts where
 * interrupts are on and no `sti` has just been executed; it runs step by step, because an NMI may strike inside it. An
 * NMI strikes anywhere, may wake a task itself, and ends the shadow that `sti` throws over the next instruction.
 *
 * An event is what a handler leaves for a task before it wakes it: `unseen` counts those that no poll has seen.
 *
 * Checked in each state: a task is in one queue at most; a queued task is scheduled; the CPU never sleeps while a task
 * is ready or a timer is due. And for each path: an unseen event is seen in the end.
 *
 * Wrong variants, each of which must be found out (CMakeLists.txt): LOOK_WITHOUT_CLI, NO_SECOND_LOOK, NO_COMMON_EXIT,
 * EXIT_AT_HLT_ONLY, NO_LOOK_IN_IDLE,
 * INSTRUCTION_BEFORE_HLT, FLAG_CLEARED_AFTER_POLL, TEST_AND_SET_SPLIT, HANDLER_APPENDS, TIMERS_NOT_LOOKED_AT.
 *
 * Not modelled: weak memory, which one CPU does not have (what crosses CPUs is in remote_wake.pml); the end of tasks and
 * reuse of their slots, which the injection checker drives in the real code.
 */
#define TASKS 2
#ifndef INTERRUPTS
#define INTERRUPTS 3
#endif
#ifndef NMIS
#define NMIS 1
#endif
#ifndef TASK_WAKES
#define TASK_WAKES 1
#endif

#define NONE TASKS /* the end of a list */

/* The CPU. */
bool interrupts_on = true;
bool shadow;       /* the instruction before was the `sti` that turned interrupts on */
bool in_idle;      /* the executor is in cpu_idle_while_null(), before the end of `hlt` */
bool at_halt;      /* `hlt` is its next instruction */
bool is_over_halt; /* the common exit has put it behind the `hlt` */
bool asleep;
bool in_handler;

/* The executor. */
byte ready_first = NONE, ready_last = NONE, ready_count;
byte inbox = NONE;
byte next[TASKS];
bool scheduled[TASKS];
bool timer_due; /* of task 0 */

/* What is left to happen, and what the properties look at. */
byte interrupts_left = INTERRUPTS, nmis_left = NMIS, task_wakes_left = TASK_WAKES;
byte unseen[TASKS];
byte queues[TASKS];

#define HAS_WORK (ready_first != NONE || inbox != NONE || timer_due)

inline enters_queue(task)
{
    queues[task]++;
    assert(queues[task] == 1);
    assert(scheduled[task])
}

/* append(), of task code. A handler may run between any two of its steps. */
inline append(task)
{
    next[task] = NONE;
    if
    :: ready_first != NONE -> next[ready_last] = task
    :: else -> ready_first = task
    fi;
    ready_last = task;
    ready_count++
}

/* The branch of a handler in ready_queue_put(): a compare-and-swap, until no NMI came between. */
inline push(task)
{
    next[task] = inbox;
    do
    :: atomic { inbox == next[task] -> inbox = task; break }
    :: atomic { inbox != next[task] -> next[task] = inbox }
    od
}

/* cpu_local_test_and_set_bit() on the state word. */
#ifdef TEST_AND_SET_SPLIT
#define TEST_AND_SET(task, was_set) was_set = scheduled[task]; scheduled[task] = true
#else
#define TEST_AND_SET(task, was_set) d_step { was_set = scheduled[task]; scheduled[task] = true }
#endif

/* waker_wake() after an event's data have been written. */
inline wake_by_task(task, was_set)
{
    unseen[task]++;
    TEST_AND_SET(task, was_set);
    if
    :: !was_set -> atomic { enters_queue(task) }; append(task)
    :: else
    fi;
    was_set = false
}

inline wake_by_handler(task, was_set)
{
    unseen[task]++;
    TEST_AND_SET(task, was_set);
    if
    :: !was_set -> atomic { enters_queue(task) };
#ifdef HANDLER_APPENDS
       append(task)
#else
       push(task)
#endif
    :: else
    fi;
    was_set = false
}

/* The common exit of all vectors, for one that returns to the executor. */
inline leave_by_common_exit()
{
#ifndef NO_COMMON_EXIT
    if
#ifdef EXIT_AT_HLT_ONLY
    :: at_halt -> is_over_halt = true
#else
    :: in_idle -> is_over_halt = true
#endif
    :: else
    fi;
#endif
    skip
}

active proctype interrupts()
{
    byte task;
    bool was_set;

    do
    :: atomic {
           interrupts_left > 0 && interrupts_on && !shadow ->
           interrupts_left--;
           in_handler = true;
           asleep = false;
           if
           :: task = 0
           :: task = 1
           :: task = NONE /* a tick: the clock reaches the deadline */
           fi
       }
       if
       :: task == NONE -> atomic { timer_due = true; unseen[0]++ }
       :: else -> wake_by_handler(task, was_set)
       fi;
       atomic { leave_by_common_exit(); in_handler = false; task = 0 }
    :: atomic { interrupts_left == 0 && !in_handler -> break }
    od
}

active proctype non_maskable_interrupts()
{
    byte task;
    bool was_set;

    do
    :: atomic {
           nmis_left > 0 ->
           nmis_left--;
           shadow = false;
           asleep = false;
           if
           :: task = 0
           :: task = 1
           :: task = NONE
           fi;
           if
           :: task != NONE -> wake_by_handler(task, was_set)
           :: else
           fi;
           if
           :: !in_handler -> leave_by_common_exit()
           :: else
           fi;
           task = 0
       }
    :: atomic { nmis_left == 0 -> break }
    od
}

/* One look at the inbox, one exchange, then oldest first behind the FIFO. */
inline drain_inbox(newest, oldest, task)
{
    if
    :: inbox != NONE ->
       d_step { newest = inbox; inbox = NONE };
       do
       :: newest != NONE -> d_step { task = newest; newest = next[task]; next[task] = oldest; oldest = task }
       :: newest == NONE -> break
       od;
       do
       :: oldest != NONE -> d_step { task = oldest; oldest = next[task] }; append(task)
       :: oldest == NONE -> break
       od
    :: else
    fi
}

/* A poll sees what has been written; it may wake any task, its own too. */
inline poll(was_set)
{
    unseen[task] = 0;
    if
    :: task_wakes_left > 0 -> task_wakes_left--; wake_by_task(0, was_set)
    :: task_wakes_left > 0 -> task_wakes_left--; wake_by_task(1, was_set)
    :: true
    fi
}

inline step(task, was_set)
{
    task = ready_first;
    ready_first = next[task];
    ready_count--;
#ifdef FLAG_CLEARED_AFTER_POLL
    queues[task]--;
    poll(was_set);
    scheduled[task] = false
#else
    d_step { queues[task]--; scheduled[task] = false };
    poll(was_set)
#endif
}

inline run_pass(polls, task, was_set, newest, oldest)
{
    drain_inbox(newest, oldest, task);
    if
    :: timer_due -> atomic { timer_due = false; unseen[0]-- }; wake_by_task(0, was_set)
    :: else
    fi;
    polls = ready_count;
    do
    :: polls > 0 -> polls--; step(task, was_set)
    :: polls == 0 -> break
    od
}

/* has_work(), load by load. */
inline look(found)
{
    found = ready_first != NONE;
    if
    :: !found -> found = inbox != NONE
    :: else
    fi;
#ifndef TIMERS_NOT_LOOKED_AT
    if
    :: !found -> found = timer_due
    :: else
    fi
#endif
}

/* sleep_until_interrupt() and cpu_idle_while_null(). */
inline sleep_until_interrupt(found)
{
#ifndef LOOK_WITHOUT_CLI
    interrupts_on = false;
#endif
#ifdef NO_SECOND_LOOK
    found = false;
#else
    look(found);
#endif
    if
    :: found -> interrupts_on = true
    :: else ->
#ifndef NO_LOOK_IN_IDLE
       in_idle = true;
       found = inbox != NONE;
#endif
       if
       :: found -> interrupts_on = true
       :: else ->
          /* sti: holds interrupts off for one instruction, unless they were on already */
#ifdef INSTRUCTION_BEFORE_HLT
          atomic { in_idle = false; shadow = !interrupts_on; interrupts_on = true };
          atomic { shadow = false; in_idle = true; at_halt = true };
#else
          atomic { in_idle = true; shadow = !interrupts_on; interrupts_on = true; at_halt = true };
#endif
          /* hlt */
          atomic { asleep = !is_over_halt; shadow = false; at_halt = false };
          !asleep
       fi;
       atomic { in_idle = false; is_over_halt = false }
    fi
}

active proctype executor() provided (!in_handler)
{
    byte task, polls, newest = NONE, oldest = NONE;
    bool was_set, found;

    do
    :: run_pass(polls, task, was_set, newest, oldest);
       look(found);
       if
       :: found
       :: else -> sleep_until_interrupt(found)
       fi;
       found = false;
       task = 0
    od
}

ltl never_asleep_with_work { [] !(asleep && HAS_WORK) }
ltl no_wake_is_lost { [] ((unseen[0] + unseen[1] > 0) -> <> (unseen[0] + unseen[1] == 0)) }
