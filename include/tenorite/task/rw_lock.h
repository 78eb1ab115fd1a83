/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/semaphore.h>

/*
 * Many readers or one writer, across awaits:
 *
 *     static RW_LOCK(struct table) table = RW_LOCK_INIT({});
 *
 *     AWAIT(rw_lock_read, &self->read, &table.lock, &self->guard);
 *     const struct table *read = RW_LOCK_VALUE(&table, &self->guard);            // together with other readers
 *
 *     AWAIT(rw_lock_write, &self->write, &table.lock, &self->guard);
 *     RW_LOCK_VALUE_TO_WRITE(&table, &self->guard)->entries++;                   // alone
 *     rw_lock_downgrade(&self->guard);                                           // readers join; no writer got in between
 *
 * First come first served: readers that come after a waiting writer wait behind it, so it is not starved; nor are they.
 * A task that reads must therefore not wait to read once more. Guards and cleanup are as in async_mutex.h. Task context.
 */
struct rw_lock {
    const char cannot_be_assigned[0]; /* a const member forbids assignment of whatever contains it */
    struct semaphore places;          /* a reader takes one, a writer all */
};

enum { RW_LOCK_READERS = 1 << 30 }; /* more at a time wait */

#define RW_LOCK(T)                                                                                                   \
    struct {                                                                                                         \
        struct rw_lock lock;                                                                                         \
        T value HIDDEN_NAME("lock it first, then RW_LOCK_VALUE(&lock, &guard)");                                     \
    }

#define RW_LOCK_INIT(...)                                                                                            \
    {                                                                                                                \
        {.places = SEMAPHORE_LIMITED_INIT(RW_LOCK_READERS, RW_LOCK_READERS)}, HIDDEN_INITIALISER(__VA_ARGS__)        \
    }

/* The value's address, to read it, while `guard` holds the lock in either way. `lock` is evaluated more than once. */
#define RW_LOCK_VALUE(rw, guard) ((const typeof(*RW_LOCK_ADDRESS(rw, guard, 1)) *)RW_LOCK_ADDRESS(rw, guard, 1))

/* The same to write it, while `guard` holds the lock alone. */
#define RW_LOCK_VALUE_TO_WRITE(rw, guard) RW_LOCK_ADDRESS(rw, guard, RW_LOCK_READERS)

/* Makes a writer a reader. A guard that holds no write lock panics. */
void rw_lock_downgrade(struct semaphore_guard *guard);

/* Whether it was possible at once; nobody who waits is overtaken. */
bool rw_lock_try_read(struct rw_lock *lock, struct semaphore_guard *guard) MUST_CHECK;
bool rw_lock_try_write(struct rw_lock *lock, struct semaphore_guard *guard) MUST_CHECK;

/* AWAIT(rw_lock_read, &self->read, &table.lock, &self->guard) */
struct rw_lock_read {
    struct semaphore_hold hold;
};

void rw_lock_read_init(struct rw_lock_read *self, struct rw_lock *lock, struct semaphore_guard *guard);
enum poll rw_lock_read_poll(struct rw_lock_read *self, struct context *context);
void rw_lock_read_drop(struct rw_lock_read *self);
FUTURE_TYPE(rw_lock_read);

/* AWAIT(rw_lock_write, &self->write, &table.lock, &self->guard). A drop lets the readers behind it pass. */
struct rw_lock_write {
    struct semaphore_hold hold;
};

void rw_lock_write_init(struct rw_lock_write *self, struct rw_lock *lock, struct semaphore_guard *guard);
enum poll rw_lock_write_poll(struct rw_lock_write *self, struct context *context);
void rw_lock_write_drop(struct rw_lock_write *self);
FUTURE_TYPE(rw_lock_write);

/* The rest of this header serves the macros. */
#define RW_LOCK_ADDRESS(rw, guard, count)                                                                            \
    ({                                                                                                               \
        semaphore_guard_check((guard), &(rw)->lock.places, (count));                                                 \
        HIDDEN_NAMES_ALLOWED_BEGIN                                                                                   \
        &(rw)->value;                                                                                                \
        HIDDEN_NAMES_ALLOWED_END                                                                                     \
    })
