/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/panic.h>
#include <tenorite/task/sequence.h>

/*
 * A value that changes, and tasks that want to know its latest state:
 *
 *     DEFINE_WATCH(mode_watch, struct mode);                                // struct mode_watch
 *
 *     mode_watch_init(&watch, first_mode);
 *     mode_watch_send(&watch, mode);                                        // replaces the value, wakes all
 *     mode_watch_get(&watch, &mode);                                        // the value
 *
 *     mode_watch_subscribe(&self->receiver, &watch);                        // has seen what there is now
 *     AWAIT_TRY(mode_watch_changed, &self->changed, &self->receiver);       // a change that it has not seen
 *     ... self->changed.result ...
 *     watch_close(&watch.sequence);                                         // no more changes
 *
 * A change is seen even if it comes while nobody waits; of several the last one. A receiver gets WATCH_CLOSED only after it
 * has seen the last change. It serves one wait at a time: a second one panics where the first took the change. Values are
 * copied with interrupts off. send, get and close: tasks and interrupt handlers, NMI handlers excepted; cost: linear in the
 * number of those who wait. A watch does not move while anybody waits.
 */
enum NODISCARD watch_error { WATCH_OK, WATCH_CLOSED };

#define DEFINE_WATCH(name, value_type)                                                                               \
    struct name {                                                                                                    \
        struct sequence sequence;                                                                                    \
        value_type value;                                                                                            \
    };                                                                                                               \
    struct name##_receiver {                                                                                         \
        struct name *watch;                                                                                          \
        uint64_t seen;                                                                                               \
    };                                                                                                               \
    struct name##_changed {                                                                                          \
        struct sequence_wait wait;                                                                                   \
        struct name##_receiver *receiver;                                                                            \
        value_type result;                                                                                           \
        enum watch_error error;                                                                                      \
    };                                                                                                               \
    WATCH_FUNCTION void name##_init(struct name *watch, value_type value)                                            \
    {                                                                                                                \
        watch->sequence = (struct sequence){};                                                                       \
        watch->value = value;                                                                                        \
    }                                                                                                                \
    WATCH_FUNCTION void name##_send(struct name *watch, value_type value)                                            \
    {                                                                                                                \
        struct wait_queue leaving = {};                                                                              \
        WITH_WAITERS(&watch->sequence.waiters)                                                                       \
        {                                                                                                            \
            watch->value = value;                                                                                    \
            sequence_advance(&watch->sequence, &leaving);                                                            \
        }                                                                                                            \
        sequence_wake(&watch->sequence, &leaving);                                                                   \
    }                                                                                                                \
    WATCH_FUNCTION void name##_get(struct name *watch, value_type *value)                                            \
    {                                                                                                                \
        WITH_WAITERS(&watch->sequence.waiters)                                                                       \
        {                                                                                                            \
            *value = watch->value;                                                                                   \
        }                                                                                                            \
    }                                                                                                                \
    WATCH_FUNCTION void name##_subscribe(struct name##_receiver *receiver, struct name *watch)                       \
    {                                                                                                                \
        receiver->watch = watch;                                                                                     \
        receiver->seen = sequence_count(&watch->sequence);                                                           \
    }                                                                                                                \
    WATCH_FUNCTION void name##_changed_init(struct name##_changed *self, struct name##_receiver *receiver)           \
    {                                                                                                                \
        sequence_wait_init(&self->wait, &receiver->watch->sequence, receiver->seen);                                 \
        self->receiver = receiver;                                                                                   \
        self->error = WATCH_OK;                                                                                      \
    }                                                                                                                \
    WATCH_FUNCTION enum poll name##_changed_poll(struct name##_changed *self, struct context *context)               \
    {                                                                                                                \
        struct name *watch = self->receiver->watch;                                                                  \
        if (sequence_wait_poll(&self->wait, context) == POLL_PENDING)                                                \
            return POLL_PENDING;                                                                                     \
        WITH_WAITERS(&watch->sequence.waiters)                                                                       \
        {                                                                                                            \
            ASSERT(watch->sequence.count != self->receiver->seen || watch->sequence.is_closed,                       \
                   "receiver %p is waited for twice", (void *)self->receiver);                                       \
            self->error = watch->sequence.count == self->receiver->seen ? WATCH_CLOSED : WATCH_OK;                   \
            self->receiver->seen = watch->sequence.count;                                                            \
            self->result = watch->value;                                                                             \
        }                                                                                                            \
        return POLL_READY;                                                                                           \
    }                                                                                                                \
    WATCH_FUNCTION void name##_changed_drop(struct name##_changed *self)                                             \
    {                                                                                                                \
        sequence_wait_drop(&self->wait);                                                                             \
    }                                                                                                                \
    FUTURE_TYPE(name##_changed, FUTURE_RESULT(name##_changed))

/* Nothing more is sent: who waits gets WATCH_CLOSED. */
ALWAYS_INLINE void watch_close(struct sequence *sequence)
{
    sequence_close(sequence);
}

/* The rest of this header serves the macro. */
#define WATCH_FUNCTION __attribute__((unused)) ALWAYS_INLINE
