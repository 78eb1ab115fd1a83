/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tenorite/task/executor.h>

/*
 * The interrupt-injection checker. Every access of the code under test to memory that is not its own stack is a point,
 * and so are the beginning and the middle of a memcpy. A scenario is run again and again from its beginning, each time
 * with an interrupt handler at another point; then with two handlers, one after the other; then with an NMI, alone and
 * beside a handler, inside it too. A run ends when the CPU has gone to sleep and no event is left.
 *
 * Checked whenever the CPU goes to sleep: executor_check(); nothing that was posted to a mailbox is unseen, and each
 * task was polled once for its spawn and once for each wake that found it waiting, no more and no less.
 */

/* Events are told apart by what they do: each runs in a handler, once. */
typedef void (*injection_event)(void);

struct injection_scenario {
    const char *name;
    void (*set_up)(void);      /* a fresh executor is there; no points yet */
    void (*act)(void);         /* what task code does before the executor runs; NULL: nothing */
    injection_event events[2]; /* by an interrupt handler; the second may be NULL: the first, twice */
    injection_event nmi;       /* by an NMI handler: it may wake, and nothing else; NULL: none */
    void (*check)(void);       /* at the end, when everything has happened; NULL: nothing */
};

extern struct executor injection_executor;

/* A point, also for futures of a scenario: their accesses are not seen by themselves. */
void injection_point(const void *address);

/* An atomic read-modify-write has changed a word. */
void injection_changed(const void *address, uint64_t before, uint64_t after);

/* Ends the run: the placement is printed, and the checker fails. */
#define INJECTION_EXPECT(condition)                                                                                  \
    do {                                                                                                             \
        if (!(condition))                                                                                            \
            injection_fail(#condition, __LINE__);                                                                    \
    } while (0)

void injection_fail(const char *what, int line);

/*
 * A task with a mailbox: whoever posts to it leaves something and wakes it; its poll sees what was left. It is ready
 * once it has seen `wanted` posts, 0: never.
 */
struct mailbox {
    unsigned wanted;
    void (*look)(struct mailbox *mailbox, struct context *context);    /* counts up `seen` itself; NULL: sees all */
    void (*in_poll)(struct mailbox *mailbox, struct context *context); /* then; NULL: nothing */
    unsigned posted, seen;
    unsigned polls, drops, wakes_that_found_it_waiting, spawns;
    struct waker waker;
    struct task_handle task;
    struct mailbox *next_watched;
};

struct reader {
    struct mailbox *mailbox;
};

void reader_init(struct reader *self, struct mailbox *mailbox);
enum poll reader_poll(struct reader *self, struct context *context);
void reader_drop(struct reader *self);
FUTURE_TYPE(reader);

void mailbox_post(struct mailbox *mailbox);

/* Has a mailbox looked at in each check, from its first spawn on. */
void mailbox_watch(struct mailbox *mailbox, struct task_handle task);

/* Spawns a reader for a mailbox. */
void mailbox_spawn(struct mailbox *mailbox);

/* Goes through the scenarios up to the first that fails; true if none does. */
bool injection_explore(const struct injection_scenario *scenarios, size_t count);
