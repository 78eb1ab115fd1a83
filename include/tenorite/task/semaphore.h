/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/wait_queue.h>

/*
 * A number of permits that tasks take and give back. Fair: who comes later gets none while somebody waits, and a request
 * for many at the head of the queue holds up small ones behind it. Permits are handed over: the task that comes next in
 * the queue has them at the moment of the release, before it runs.
 *
 * So permits may be given to a future that nobody polls: a branch of a select that waits on while the task's body does
 * something else. If the body then waits for the same semaphore, neither goes on ("futurelock"). The cure is to drop the
 * future that is not polled any more. With TENORITE_DEBUG the log says so: once an acquire has found, in two polls of its
 * task, that permits went to another future of that task which neither poll has polled. (Not found: where the two futures
 * belong to different tasks.)
 */
struct semaphore {
    uint32_t permits; /* that nobody has; while somebody waits, fewer than the first wants */
    uint32_t limit;   /* never more than these; 0: not initialised */
    bool is_closed;
    struct wait_queue waiters;
    const struct semaphore_acquire
        *given[TENORITE_DEBUG]; /* permits last, and not polled or dropped since; else NULL */
    uint32_t times_given[TENORITE_DEBUG];
};

enum NODISCARD semaphore_error {
    SEMAPHORE_OK,
    SEMAPHORE_CLOSED,     /* and nothing was taken */
    SEMAPHORE_NOT_ENOUGH, /* permits, or others wait for them; nothing was taken (semaphore_try_acquire) */
};

/* Initialisers, for a static one too: struct semaphore s = SEMAPHORE_INIT(3). The second is for what can count its permits:
 * a release beyond the limit panics. */
#define SEMAPHORE_INIT(count) SEMAPHORE_LIMITED_INIT(count, UINT32_MAX)
#define SEMAPHORE_LIMITED_INIT(count, most)                                                                          \
    {                                                                                                                \
        .permits = (count), .limit = (most)                                                                          \
    }

/* `permits` of at most `limit` (1 to UINT32_MAX). */
void semaphore_init(struct semaphore *semaphore, uint32_t permits, uint32_t limit);

/* Adds `count` permits and hands them to those who wait, in order, as far as they go. More than the limit are a caller's
 * bug. Tasks and interrupt handlers, NMI handlers excepted. Cost: linear in the number of those who get some. */
void semaphore_release(struct semaphore *semaphore, uint32_t count);

/* Takes `count` permits if they are there and nobody waits. More than the limit are a caller's bug, here and below. Any
 * context but NMI handlers. */
enum semaphore_error semaphore_try_acquire(struct semaphore *semaphore, uint32_t count);

/* Ends all waiting with SEMAPHORE_CLOSED, now and later. Permits that are out may still be released. Any context but NMI
 * handlers. Cost: linear in the number of waiters. */
void semaphore_close(struct semaphore *semaphore);

/* Takes permits that a closed semaphore still has. Any context but NMI handlers. */
bool semaphore_take_left(struct semaphore *semaphore, uint32_t count) MUST_CHECK;

/* AWAIT_TRY(semaphore_acquire, &self->acquire, &semaphore, 1): ready with `count` permits, which the caller releases; or,
 * with self->acquire.error, without. A drop gives back what it was given. A poll after completion panics. */
struct semaphore_acquire {
    struct semaphore *semaphore; /* NULL: ended */
    struct waiter waiter;
    uint32_t count;
    enum semaphore_error error;
    uint32_t suspected[TENORITE_DEBUG]; /* the semaphore's `times_given` when a futurelock was first suspected */
};

void semaphore_acquire_init(struct semaphore_acquire *self, struct semaphore *semaphore, uint32_t count);
enum poll semaphore_acquire_poll(struct semaphore_acquire *self, struct context *context);
void semaphore_acquire_drop(struct semaphore_acquire *self);
FUTURE_TYPE(semaphore_acquire);

/*
 * Permits that are held, as an object: it knows where they go back to, so a cleanup section can release it whatever was
 * reached. It lives in a frame, across awaits, and is set up by NAME_init.
 */
struct semaphore_guard {
    const char cannot_be_assigned[0];
    struct semaphore *semaphore; /* NULL: holds nothing */
    uint32_t count;
};

void semaphore_guard_init(struct semaphore_guard *guard);

/* Gives back what it holds, if anything. */
void semaphore_guard_release(struct semaphore_guard *guard);

/* Keeps `count` of the permits it holds (1 or more) and gives back the others. */
void semaphore_guard_reduce(struct semaphore_guard *guard, uint32_t count);

/* Panics unless the guard holds `count` permits of this semaphore, or more. */
void semaphore_guard_check(const struct semaphore_guard *guard, const struct semaphore *semaphore, uint32_t count);

/* semaphore_try_acquire into an empty guard. */
enum semaphore_error semaphore_try_hold(struct semaphore *semaphore, uint32_t count, struct semaphore_guard *guard);

/* AWAIT_TRY(semaphore_hold, &self->hold, &semaphore, 1, &self->guard): as semaphore_acquire, into an empty guard. */
struct semaphore_hold {
    struct semaphore_acquire acquire;
    struct semaphore_guard *guard;
    enum semaphore_error error;
};

void semaphore_hold_init(struct semaphore_hold *self, struct semaphore *semaphore, uint32_t count,
                         struct semaphore_guard *guard);
enum poll semaphore_hold_poll(struct semaphore_hold *self, struct context *context);
void semaphore_hold_drop(struct semaphore_hold *self);
FUTURE_TYPE(semaphore_hold);
