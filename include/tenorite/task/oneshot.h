/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/panic.h>
#include <tenorite/task/sequence.h>

/*
 * One value, once, from one sender to one receiver:
 *
 *     DEFINE_ONESHOT(reply, struct answer);                                 // struct reply
 *
 *     reply_init(&reply, NULL);                                             // or what destroys an answer nobody receives
 *     reply_send(&reply, answer)                                            // ONESHOT_OK, or ONESHOT_CLOSED: nobody wants it
 *     oneshot_close(&reply.state);                                          // instead: there will be none
 *
 *     AWAIT_TRY(reply_receive, &self->receive, &reply);                     // self->receive.result, or ONESHOT_CLOSED
 *
 * The receive is the receiver: dropping it says that nobody wants the value, and destroys one that was sent. It may be
 * polled by one task and then by another: the last one is woken. There is one: a receive_init after the receiver is gone
 * panics. send and close: tasks and interrupt handlers, NMI handlers excepted; cost: constant. Sending twice panics. The
 * value is copied with interrupts off.
 */
enum NODISCARD oneshot_error { ONESHOT_OK, ONESHOT_CLOSED };

struct oneshot {
    struct sequence sequence; /* of no or one value; closed: none will come */
    bool is_unwanted;         /* the receiver is gone */
};

#define DEFINE_ONESHOT(name, value_type)                                                                             \
    struct name {                                                                                                    \
        struct oneshot state;                                                                                        \
        value_type value;                                                                                            \
        void (*destroy)(value_type * value);                                                                         \
    };                                                                                                               \
    struct name##_receive {                                                                                          \
        struct sequence_wait wait;                                                                                   \
        struct name *oneshot;                                                                                        \
        value_type result;                                                                                           \
        enum oneshot_error error;                                                                                    \
    };                                                                                                               \
    ONESHOT_FUNCTION void name##_init(struct name *oneshot, void (*destroy)(value_type * value))                     \
    {                                                                                                                \
        oneshot->state = (struct oneshot){};                                                                         \
        oneshot->destroy = destroy;                                                                                  \
    }                                                                                                                \
    ONESHOT_FUNCTION enum oneshot_error name##_send(struct name *oneshot, value_type value)                          \
    {                                                                                                                \
        struct wait_queue leaving = {};                                                                              \
        bool is_wanted = false;                                                                                      \
        WITH_WAITERS(&oneshot->state.sequence.waiters)                                                               \
        {                                                                                                            \
            is_wanted = oneshot_is_wanted(&oneshot->state);                                                          \
            if (is_wanted) {                                                                                         \
                oneshot->value = value;                                                                              \
                sequence_advance(&oneshot->state.sequence, &leaving);                                                \
            }                                                                                                        \
        }                                                                                                            \
        sequence_wake(&oneshot->state.sequence, &leaving);                                                           \
        return is_wanted ? ONESHOT_OK : ONESHOT_CLOSED;                                                              \
    }                                                                                                                \
    ONESHOT_FUNCTION void name##_receive_init(struct name##_receive *self, struct name *oneshot)                     \
    {                                                                                                                \
        ASSERT(!oneshot->state.is_unwanted, "oneshot %p had its receiver", (void *)oneshot);                         \
        sequence_wait_init(&self->wait, &oneshot->state.sequence, 0);                                                \
        self->oneshot = oneshot;                                                                                     \
        self->error = ONESHOT_OK;                                                                                    \
    }                                                                                                                \
    ONESHOT_FUNCTION enum poll name##_receive_poll(struct name##_receive *self, struct context *context)             \
    {                                                                                                                \
        if (sequence_wait_poll(&self->wait, context) == POLL_PENDING)                                                \
            return POLL_PENDING;                                                                                     \
        self->error = oneshot_end(&self->oneshot->state) ? ONESHOT_OK : ONESHOT_CLOSED;                              \
        if (!self->error)                                                                                            \
            self->result = self->oneshot->value;                                                                     \
        return POLL_READY;                                                                                           \
    }                                                                                                                \
    ONESHOT_FUNCTION void name##_receive_drop(struct name##_receive *self)                                           \
    {                                                                                                                \
        struct name *oneshot = self->oneshot;                                                                        \
        sequence_wait_drop(&self->wait);                                                                             \
        if (oneshot_end(&oneshot->state) && oneshot->destroy)                                                        \
            oneshot->destroy(&oneshot->value);                                                                       \
    }                                                                                                                \
    FUTURE_TYPE(name##_receive, FUTURE_RESULT(name##_receive))

/* No value will be sent: the receiver gets ONESHOT_CLOSED. After a send it does nothing. */
ALWAYS_INLINE void oneshot_close(struct oneshot *state)
{
    sequence_close(&state->sequence);
}

/* The rest of this header serves the macro. */
#define ONESHOT_FUNCTION __attribute__((unused)) ALWAYS_INLINE

ALWAYS_INLINE bool oneshot_is_wanted(const struct oneshot *state)
{
    ASSERT(!state->sequence.count && !state->sequence.is_closed, "oneshot %p is sent or closed already",
           (void *)state);
    return !state->is_unwanted;
}

/* The receiver goes. Whether there is a value that is now its own. */
ALWAYS_INLINE bool oneshot_end(struct oneshot *state)
{
    bool has_value = false;

    WITH_WAITERS(&state->sequence.waiters)
    {
        has_value = state->sequence.count && !state->is_unwanted;
        state->is_unwanted = true;
    }
    return has_value;
}
