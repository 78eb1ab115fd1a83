/* SPDX-License-Identifier: MIT */
#pragma once

#include "task_test.h"

#include <tenorite/task/budget.h>

/* A live task that does nothing, so that a test can poll futures by hand with its context and ask who was woken. */
struct puppet {
    struct probe_record record;
    struct context context;
    unsigned polls;
};

void puppet_start(struct puppet *puppet);

/* Runs the executor; whether the puppet was woken since it was started or asked. */
bool puppet_was_woken(struct puppet *puppet);

/* Runs `handler`, in a handler, at the last moment before interrupts go off for the `nth` time (1: the next) from now on.
 * Between any two critical sections there is such a moment. */
void interrupt_before_section(unsigned nth, void (*handler)(void));

/* Whether it has run. Forgets it if not. */
bool interrupt_has_come(void);

/* POLL(notify_wait, &wait, &puppet): with a budget as the executor gives one. */
#define POLL(type, future, puppet)                                                                                   \
    (budget_set(&(puppet)->context, POLL_BUDGET), type##_poll((future), &(puppet)->context))

/* As within one poll of the task, in which others have used up the budget. */
#define POLL_WITHOUT_BUDGET(type, future, puppet)                                                                    \
    (budget_set(&(puppet)->context, 0), type##_poll((future), &(puppet)->context))

/* Both in one: the future was woken by way of its puppet and is ready. */
#define ASSERT_WOKEN_AND_READY(type, future, puppet)                                                                 \
    do {                                                                                                             \
        assert_true(puppet_was_woken(puppet));                                                                       \
        assert_int_equal(POLL(type, future, puppet), POLL_READY);                                                    \
    } while (0)

#define ASSERT_STILL_WAITING(type, future, puppet)                                                                   \
    do {                                                                                                             \
        assert_false(puppet_was_woken(puppet));                                                                      \
        assert_int_equal(POLL(type, future, puppet), POLL_PENDING);                                                  \
    } while (0)
