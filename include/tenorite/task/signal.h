/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/notify.h>

/*
 * The latest value, for one who takes it:
 *
 *     DEFINE_SIGNAL(reading_signal, struct reading);                        // struct reading_signal
 *
 *     static struct reading_signal readings;                                // all-zero memory has no value
 *     reading_signal_send(&readings, reading);                              // overwrites one that nobody has taken
 *     AWAIT(reading_signal_wait, &self->wait, &readings);                   // takes it: self->wait.result
 *     reading_signal_try_take(&readings, &reading)                          // false: there is none, or it is given already
 *
 * Those who wait are served in order, one value each; one that was given the value and is dropped leaves it to the next.
 * Until a task that was given the value has run, a newer value still takes its place. send and try_take: tasks and
 * interrupt handlers, NMI handlers excepted; cost: constant, and a copy of the value with interrupts off.
 */
#define DEFINE_SIGNAL(name, value_type)                                                                              \
    struct name {                                                                                                    \
        struct notify fresh; /* of a value that nobody was given */                                                  \
        bool has_value;      /* that nobody has taken */                                                             \
        value_type value;                                                                                            \
    };                                                                                                               \
    struct name##_wait {                                                                                             \
        struct notify_wait wait;                                                                                     \
        struct name *signal;                                                                                         \
        value_type result;                                                                                           \
    };                                                                                                               \
    SIGNAL_FUNCTION void name##_send(struct name *signal, value_type value)                                          \
    {                                                                                                                \
        bool is_first = false;                                                                                       \
        WITH_WAITERS(&signal->fresh.waiters)                                                                         \
        {                                                                                                            \
            is_first = !signal->has_value;                                                                           \
            signal->has_value = true;                                                                                \
            signal->value = value;                                                                                   \
        }                                                                                                            \
        if (is_first)                                                                                                \
            notify_one(&signal->fresh);                                                                              \
    }                                                                                                                \
    SIGNAL_FUNCTION void name##_take_given(struct name *signal, value_type *value)                                   \
    {                                                                                                                \
        WITH_WAITERS(&signal->fresh.waiters)                                                                         \
        {                                                                                                            \
            *value = signal->value;                                                                                  \
            signal->has_value = false;                                                                               \
        }                                                                                                            \
    }                                                                                                                \
    SIGNAL_FUNCTION MUST_CHECK bool name##_try_take(struct name *signal, value_type *value)                          \
    {                                                                                                                \
        bool is_given = notify_try_take(&signal->fresh);                                                             \
        if (is_given)                                                                                                \
            name##_take_given(signal, value);                                                                        \
        return is_given;                                                                                             \
    }                                                                                                                \
    SIGNAL_FUNCTION void name##_wait_init(struct name##_wait *self, struct name *signal)                             \
    {                                                                                                                \
        notify_wait_init(&self->wait, &signal->fresh);                                                               \
        self->signal = signal;                                                                                       \
    }                                                                                                                \
    SIGNAL_FUNCTION enum poll name##_wait_poll(struct name##_wait *self, struct context *context)                    \
    {                                                                                                                \
        if (notify_wait_poll(&self->wait, context) == POLL_PENDING)                                                  \
            return POLL_PENDING;                                                                                     \
        name##_take_given(self->signal, &self->result);                                                              \
        return POLL_READY;                                                                                           \
    }                                                                                                                \
    SIGNAL_FUNCTION void name##_wait_drop(struct name##_wait *self)                                                  \
    {                                                                                                                \
        notify_wait_drop(&self->wait);                                                                               \
    }                                                                                                                \
    FUTURE_TYPE(name##_wait, FUTURE_RESULT(name##_wait))

/* The rest of this header serves the macro. */
#define SIGNAL_FUNCTION __attribute__((unused)) ALWAYS_INLINE
