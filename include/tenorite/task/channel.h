/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/semaphore.h>

/*
 * A bounded channel: messages of one type from many senders to many receivers, first in first out.
 *
 *     DEFINE_CHANNEL(letters, struct letter, 16);      // struct letters, with room for 16
 *
 *     static struct letters letters;
 *     letters_init(&letters, NULL);                                         // or what destroys a message
 *
 *     AWAIT(letters_send, &self->send, &letters, letter);                   // waits for room; copies the letter
 *     AWAIT_TRY(letters_receive, &self->receive, &letters);                 // waits for a message: self->receive.result
 *     letters_try_send(&letters, letter)                                    // CHANNEL_FULL rather than waiting
 *     letters_try_receive(&letters, &letter)                                // CHANNEL_EMPTY rather than waiting
 *
 *     AWAIT_TRY(channel_reserve, &self->reserve, &letters.channel, &self->permit);
 *     letters_send_reserved(&letters, &self->permit, letter);               // never waits, never fails
 *
 * Senders that wait are served in order, and so are receivers; nobody who waits is overtaken by a try. A send that is
 * dropped has sent nothing, a receive that is dropped has taken nothing. A message that cannot be sent is still in
 * self->send.value.
 *
 * A channel is closed by its receivers (channel_close) or when its last sender is gone (channel_remove_sender). Then
 * nothing more can be sent but into reserved places; what is in the channel can be received; and when nothing is left, and
 * no place reserved, receivers get CHANNEL_CLOSED.
 *
 * Everything but init and channel_discard: tasks and interrupt handlers, NMI handlers excepted; futures are polled and
 * dropped by tasks. Cost: constant and one copy of a message, with interrupts off while it is copied; closing is linear in
 * the number of those who wait. The channel does not move and allocates nothing.
 */
struct channel {
    const char cannot_be_assigned[0]; /* a const member forbids assignment of whatever contains it */
    struct semaphore room;            /* places that nobody has */
    struct semaphore messages;        /* messages in the ring that no receiver was given */
    uint8_t *ring;
    uint32_t message_bytes;
    uint32_t capacity;
    uint32_t first;
    uint32_t count;
    uint32_t senders;
    void (*destroy)(void *message);
};

enum NODISCARD channel_error {
    CHANNEL_OK,
    CHANNEL_CLOSED, /* sending: nothing was sent; receiving: nothing is left and nothing will come */
    CHANNEL_FULL,   /* or senders wait already; nothing was sent */
    CHANNEL_EMPTY,  /* or receivers wait already; nothing was received */
};

enum { CHANNEL_MAX_CAPACITY = 1 << 30 };

/* Sending ends: those who wait to send get CHANNEL_CLOSED. Does nothing to a closed channel. */
void channel_close(struct channel *channel);

/* The number of senders is a count that they keep; it is 1 at first. Removing the last closes the channel. */
void channel_add_sender(struct channel *channel);
void channel_remove_sender(struct channel *channel);

/* Messages that are in the channel. */
uint32_t channel_count(const struct channel *channel);

/* Destroys the messages that are in the channel, but as many as receivers were given and have not fetched: these still get
 * one. Nobody, `destroy` included, uses the channel meanwhile. Before it is forgotten, for one. Task context. */
void channel_discard(struct channel *channel);

/* A place that is reserved. It lives in a frame and is set up by NAME_init; a cleanup section may release it whatever was
 * reached. */
struct channel_permit {
    const char cannot_be_assigned[0];
    struct channel *channel; /* NULL: none */
};

void channel_permit_init(struct channel_permit *permit);

/* Gives the place, if there is one, to the next sender. */
void channel_permit_release(struct channel_permit *permit);

/* AWAIT_TRY(channel_reserve, &self->reserve, &letters.channel, &self->permit): ready when the empty permit has a place. */
struct channel_reserve {
    struct semaphore_acquire acquire;
    struct channel *channel;
    struct channel_permit *permit;
    enum channel_error error;
};

void channel_reserve_init(struct channel_reserve *self, struct channel *channel, struct channel_permit *permit);
enum poll channel_reserve_poll(struct channel_reserve *self, struct context *context);
void channel_reserve_drop(struct channel_reserve *self);
FUTURE_TYPE(channel_reserve);

#define DEFINE_CHANNEL(name, message_type, limit)                                                                    \
    struct name {                                                                                                    \
        struct channel channel;                                                                                      \
        message_type ring[limit];                                                                                    \
    };                                                                                                               \
    static_assert((size_t)(limit)-1 < CHANNEL_MAX_CAPACITY, "a capacity");                                           \
    struct name##_send {                                                                                             \
        struct channel_send send;                                                                                    \
        message_type value;                                                                                          \
        enum channel_error error;                                                                                    \
    };                                                                                                               \
    struct name##_receive {                                                                                          \
        struct channel_receive receive;                                                                              \
        message_type result;                                                                                         \
        enum channel_error error;                                                                                    \
    };                                                                                                               \
    CHANNEL_FUNCTION void name##_init(struct name *channel, void (*destroy)(void *message))                          \
    {                                                                                                                \
        channel_init(&channel->channel, channel->ring, sizeof(message_type), (limit), destroy);                      \
    }                                                                                                                \
    CHANNEL_FUNCTION enum channel_error name##_try_send(struct name *channel, message_type message)                  \
    {                                                                                                                \
        return channel_try_send(&channel->channel, &message);                                                        \
    }                                                                                                                \
    CHANNEL_FUNCTION void name##_send_reserved(struct name *channel, struct channel_permit *permit,                  \
                                               message_type message)                                                 \
    {                                                                                                                \
        channel_send_reserved(&channel->channel, permit, &message);                                                  \
    }                                                                                                                \
    CHANNEL_FUNCTION enum channel_error name##_try_receive(struct name *channel, message_type *message)              \
    {                                                                                                                \
        return channel_try_receive(&channel->channel, message);                                                      \
    }                                                                                                                \
    CHANNEL_FUNCTION void name##_send_init(struct name##_send *self, struct name *channel, message_type message)     \
    {                                                                                                                \
        channel_send_init(&self->send, &channel->channel);                                                           \
        self->value = message;                                                                                       \
        self->error = CHANNEL_OK;                                                                                    \
    }                                                                                                                \
    CHANNEL_FUNCTION enum poll name##_send_poll(struct name##_send *self, struct context *context)                   \
    {                                                                                                                \
        return channel_send_poll(&self->send, context, &self->value, &self->error);                                  \
    }                                                                                                                \
    CHANNEL_FUNCTION void name##_send_drop(struct name##_send *self)                                                 \
    {                                                                                                                \
        channel_send_drop(&self->send);                                                                              \
    }                                                                                                                \
    FUTURE_TYPE(name##_send);                                                                                        \
    CHANNEL_FUNCTION void name##_receive_init(struct name##_receive *self, struct name *channel)                     \
    {                                                                                                                \
        channel_receive_init(&self->receive, &channel->channel);                                                     \
        self->error = CHANNEL_OK;                                                                                    \
    }                                                                                                                \
    CHANNEL_FUNCTION enum poll name##_receive_poll(struct name##_receive *self, struct context *context)             \
    {                                                                                                                \
        return channel_receive_poll(&self->receive, context, &self->result, &self->error);                           \
    }                                                                                                                \
    CHANNEL_FUNCTION void name##_receive_drop(struct name##_receive *self)                                           \
    {                                                                                                                \
        channel_receive_drop(&self->receive);                                                                        \
    }                                                                                                                \
    FUTURE_TYPE(name##_receive, FUTURE_RESULT(name##_receive))

/* The rest of this header serves the macro. */
#define CHANNEL_FUNCTION __attribute__((unused)) ALWAYS_INLINE

struct channel_send {
    struct semaphore_acquire acquire;
    struct channel *channel;
};

struct channel_receive {
    struct semaphore_acquire acquire;
    struct channel *channel;
};

void channel_init(struct channel *channel, void *ring, uint32_t message_bytes, uint32_t capacity,
                  void (*destroy)(void *message));
enum channel_error channel_try_send(struct channel *channel, const void *message);
void channel_send_reserved(struct channel *channel, struct channel_permit *permit, const void *message);
enum channel_error channel_try_receive(struct channel *channel, void *message);
void channel_send_init(struct channel_send *self, struct channel *channel);
enum poll channel_send_poll(struct channel_send *self, struct context *context, const void *message,
                            enum channel_error *error);
void channel_send_drop(struct channel_send *self);
void channel_receive_init(struct channel_receive *self, struct channel *channel);
enum poll channel_receive_poll(struct channel_receive *self, struct context *context, void *message,
                               enum channel_error *error);
void channel_receive_drop(struct channel_receive *self);
