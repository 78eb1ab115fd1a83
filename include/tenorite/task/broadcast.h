/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/panic.h>
#include <tenorite/task/sequence.h>

/*
 * Messages to everybody: each receiver gets every message, as long as it keeps up. The sender never waits; the ring keeps
 * the latest messages, and a receiver that was too slow is told how many it has lost and goes on with the oldest that is
 * left.
 *
 *     DEFINE_BROADCAST(key_broadcast, struct key, 16);                      // struct key_broadcast, keeps 16
 *
 *     static struct key_broadcast keys;                                     // all-zero memory is a broadcast
 *     key_broadcast_send(&keys, key);
 *
 *     key_broadcast_subscribe(&self->receiver, &keys);                      // to what comes from now on
 *     AWAIT(key_broadcast_receive, &self->receive, &self->receiver);
 *     // self->receive.error: BROADCAST_OK with self->receive.result, BROADCAST_LAGGED with self->receive.lost, or
 *     // BROADCAST_CLOSED: all is received and nothing more comes
 *     broadcast_close(&keys.sequence);
 *
 * A receiver serves one receive at a time: a second one panics where the first took the message. Messages are copied with
 * interrupts off, and nobody destroys them. send and close: tasks and interrupt handlers, NMI handlers excepted; cost:
 * linear in the number of those who wait. A broadcast does not move while anybody waits.
 */
enum NODISCARD broadcast_error {
    BROADCAST_OK,
    BROADCAST_LAGGED, /* messages were lost; the next receive goes on with the oldest that is left */
    BROADCAST_CLOSED,
};

#define DEFINE_BROADCAST(name, message_type, limit)                                                                  \
    struct name {                                                                                                    \
        struct sequence sequence;                                                                                    \
        message_type ring[limit];                                                                                    \
    };                                                                                                               \
    struct name##_receiver {                                                                                         \
        struct name *broadcast;                                                                                      \
        uint64_t next; /* the number of messages that were sent before the one that it wants */                      \
    };                                                                                                               \
    struct name##_receive {                                                                                          \
        struct sequence_wait wait;                                                                                   \
        struct name##_receiver *receiver;                                                                            \
        message_type result;                                                                                         \
        uint64_t lost;                                                                                               \
        enum broadcast_error error;                                                                                  \
    };                                                                                                               \
    BROADCAST_FUNCTION void name##_send(struct name *broadcast, message_type message)                                \
    {                                                                                                                \
        struct wait_queue leaving = {};                                                                              \
        WITH_WAITERS(&broadcast->sequence.waiters)                                                                   \
        {                                                                                                            \
            broadcast->ring[broadcast->sequence.count % (limit)] = message;                                          \
            sequence_advance(&broadcast->sequence, &leaving);                                                        \
        }                                                                                                            \
        sequence_wake(&broadcast->sequence, &leaving);                                                               \
    }                                                                                                                \
    BROADCAST_FUNCTION void name##_subscribe(struct name##_receiver *receiver, struct name *broadcast)               \
    {                                                                                                                \
        receiver->broadcast = broadcast;                                                                             \
        receiver->next = sequence_count(&broadcast->sequence);                                                       \
    }                                                                                                                \
    BROADCAST_FUNCTION void name##_receive_init(struct name##_receive *self, struct name##_receiver *receiver)       \
    {                                                                                                                \
        sequence_wait_init(&self->wait, &receiver->broadcast->sequence, receiver->next);                             \
        self->receiver = receiver;                                                                                   \
        self->lost = 0;                                                                                              \
        self->error = BROADCAST_OK;                                                                                  \
    }                                                                                                                \
    BROADCAST_FUNCTION enum poll name##_receive_poll(struct name##_receive *self, struct context *context)           \
    {                                                                                                                \
        struct name *broadcast = self->receiver->broadcast;                                                          \
        uint64_t *next = &self->receiver->next;                                                                      \
        if (sequence_wait_poll(&self->wait, context) == POLL_PENDING)                                                \
            return POLL_PENDING;                                                                                     \
        WITH_WAITERS(&broadcast->sequence.waiters)                                                                   \
        {                                                                                                            \
            ASSERT(*next != broadcast->sequence.count || broadcast->sequence.is_closed,                              \
                   "receiver %p is waited for twice", (void *)self->receiver);                                       \
            self->lost = broadcast_skip(&broadcast->sequence, (limit), next);                                        \
            if (self->lost)                                                                                          \
                self->error = BROADCAST_LAGGED;                                                                      \
            else if (*next == broadcast->sequence.count)                                                             \
                self->error = BROADCAST_CLOSED;                                                                      \
            else                                                                                                     \
                self->result = broadcast->ring[(*next)++ % (limit)];                                                 \
        }                                                                                                            \
        return POLL_READY;                                                                                           \
    }                                                                                                                \
    BROADCAST_FUNCTION void name##_receive_drop(struct name##_receive *self)                                         \
    {                                                                                                                \
        sequence_wait_drop(&self->wait);                                                                             \
    }                                                                                                                \
    FUTURE_TYPE(name##_receive, FUTURE_RESULT(name##_receive))

/* Nothing more is sent. */
ALWAYS_INLINE void broadcast_close(struct sequence *sequence)
{
    sequence_close(sequence);
}

/* The rest of this header serves the macro. */
#define BROADCAST_FUNCTION __attribute__((unused)) ALWAYS_INLINE

/* Moves *next past the messages that are not kept any more. Returns their number. */
ALWAYS_INLINE uint64_t broadcast_skip(const struct sequence *sequence, uint64_t capacity, uint64_t *next)
{
    uint64_t waiting = sequence->count - *next;
    uint64_t lost = waiting > capacity ? waiting - capacity : 0;

    *next += lost;
    return lost;
}
