/* SPDX-License-Identifier: MIT */
/*
 * A wake from another CPU: src/task/remote_wake.c, and the way into idle of src/task/executor.c.
 *
 * The home CPU runs the tasks; the others post to a task and wake it. A post is an ordinary store: it waits in the other
 * CPU's store buffer and reaches memory at any later time, at the latest with that CPU's next locked instruction (x86's
 * memory model, total store order). The home's word `is_idle` may wait in a buffer too. All else is one access a step.
 *
 * A post is `unseen` until a poll of the task has read it from memory. The first poll of task 0 ends the task, and a
 * successor starts in its slot, with whatever the slot's remote word holds.
 *
 * Checked: for each path, an unseen post is seen in the end; in each state, a task is in one queue at most, and the remote
 * inbox is a list of slots whose flag is set.
 *
 * Wrong variants, each of which must be found out: FLAG_TESTED_BY_LOAD (a wake that finds the flag set writes nothing),
 * IDLE_BUFFERED (the store that says "idle" is an ordinary one), LOOK_BEFORE_IDLE, IDLE_READ_BEFORE_PUSH,
 * FLAG_CLEARED_AFTER_POLL, STATE_WORD_CHANGED (the other CPU sets SCHEDULED itself, by a read-modify-write without a bus
 * lock), INBOX_TAKEN_BY_LOAD_AND_STORE, SPAWN_CLEARS_REMOTE.
 */
#define TASKS 2
#define OTHERS 2
#ifndef MORE_POSTS
#define MORE_POSTS 0 /* of the first of the other CPUs; each posts once */
#endif
#define NONE TASKS

/* What all CPUs share. */
bool flag[TASKS];
byte link[TASKS] = NONE; /* with the flag, the slot's remote word */
byte remote_inbox = NONE;
bool is_idle, interrupt_pending;
byte in_memory[TASKS]; /* posts, not seen yet */

/* Store buffers. */
byte buffered[OTHERS] = NONE; /* a post to this task */
bool idle_is_buffered;

/* The home's own. */
chan ready = [TASKS] of { byte };
bool scheduled[TASKS];
byte queues[TASKS];
byte unseen;
bool has_ended;

inline flush(other)
{
    if
    :: buffered[other] != NONE -> in_memory[buffered[other]]++; buffered[other] = NONE
    :: else
    fi
}

inline put(task)
{
    queues[task]++;
    assert(queues[task] == 1);
    ready!task
}

active proctype store_buffers()
{
end:
    do
    :: atomic { buffered[0] != NONE -> flush(0) }
    :: atomic { buffered[1] != NONE -> flush(1) }
    :: atomic { idle_is_buffered -> idle_is_buffered = false; is_idle = true }
    od
}

inline post(other, task)
{
    atomic { flush(other); buffered[other] = task; unseen++ }
}

inline remote_wake(other, task, was_set, first, found_idle)
{
#ifdef FLAG_TESTED_BY_LOAD
    if
    :: flag[task] -> was_set = true
    :: else -> atomic { flush(other); was_set = flag[task]; flag[task] = true }
    fi;
#else
    atomic { flush(other); was_set = flag[task]; flag[task] = true };
#endif
    if
    :: was_set
    :: else ->
#ifdef IDLE_READ_BEFORE_PUSH
       found_idle = is_idle;
#endif
       first = remote_inbox;
       do
       :: atomic { flush(other); link[task] = first };
          atomic {
              if
              :: remote_inbox == first -> remote_inbox = task; break
              :: else -> first = remote_inbox
              fi
          }
       od;
#ifndef IDLE_READ_BEFORE_PUSH
       found_idle = is_idle;
#endif
       if
       :: found_idle -> interrupt_pending = true
       :: else
       fi
    fi
}

active [OTHERS] proctype other_cpu()
{
    byte posts_left = 1 + (_pid == 1) * MORE_POSTS, task, first;
    bool was_set, found_idle;

    do
    :: posts_left > 0 ->
       posts_left--;
       if
       :: task = 0
       :: task = 1
       fi;
       post(_pid - 1, task);
#ifdef STATE_WORD_CHANGED
       atomic { flush(_pid - 1); was_set = scheduled[task] };
       scheduled[task] = true;
       if
       :: !was_set -> atomic { put(task) }
       :: else
       fi;
       if
       :: is_idle -> interrupt_pending = true
       :: else
       fi
#else
       remote_wake(_pid - 1, task, was_set, first, found_idle)
#endif
    :: posts_left == 0 -> break
    od
}

/* What only the home touches is one step. */
inline wake_here(task)
{
    if
    :: !scheduled[task] -> scheduled[task] = true; put(task)
    :: else
    fi
}

inline remote_wake_drain(newest, oldest, task)
{
#ifdef INBOX_TAKEN_BY_LOAD_AND_STORE
    newest = remote_inbox;
    remote_inbox = NONE;
#else
    d_step { newest = remote_inbox; remote_inbox = NONE };
#endif
    do
    :: newest != NONE ->
       d_step {
           task = newest;
           assert(flag[task]);
           newest = link[task];
           link[task] = oldest;
           oldest = task
       }
    :: newest == NONE -> break
    od;
    do
    :: oldest != NONE ->
       atomic {
           task = oldest;
           oldest = link[task];
#ifndef FLAG_CLEARED_AFTER_POLL
           flag[task] = false;
           link[task] = NONE;
#endif
           wake_here(task)
       }
    :: oldest == NONE -> break
    od
}

/* A poll reads what is in memory. */
inline step(task)
{
    atomic { ready?task; queues[task]--; scheduled[task] = false };
    d_step { unseen = unseen - in_memory[task]; in_memory[task] = 0 };
#ifdef FLAG_CLEARED_AFTER_POLL
    d_step { flag[task] = false; link[task] = NONE };
#endif
    if
    :: task == 0 && !has_ended ->
       has_ended = true;
#ifdef SPAWN_CLEARS_REMOTE
       d_step { flag[0] = false; link[0] = NONE };
#endif
       atomic { wake_here(0) }
    :: else
    fi
}

inline sleep_until_interrupt()
{
#ifdef LOOK_BEFORE_IDLE
    if
    :: remote_inbox == NONE -> is_idle = true; interrupt_pending -> interrupt_pending = false
    :: else
    fi;
#else
#ifdef IDLE_BUFFERED
    idle_is_buffered = true;
#else
    is_idle = true;
#endif
    if
    :: remote_inbox == NONE && empty(ready) -> interrupt_pending -> interrupt_pending = false
    :: else
    fi;
#endif
    atomic { idle_is_buffered = false; is_idle = false }
}

active proctype home_cpu()
{
    byte task, newest = NONE, oldest = NONE;

end:
    do
    :: if
       :: remote_inbox != NONE -> remote_wake_drain(newest, oldest, task)
       :: else
       fi;
       if
       :: nempty(ready) -> step(task)
       :: empty(ready) -> sleep_until_interrupt()
       fi;
       task = 0
    od
}

ltl no_wake_is_lost { [] ((unseen > 0) -> <> (unseen == 0)) }
