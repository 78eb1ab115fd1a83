/* SPDX-License-Identifier: MIT */
/*
 * A ring between two semaphores: places that are free, and messages that are there. Whoever sends takes a place, fills
 * it, and releases a message; whoever receives does the reverse. So waiting, order, hand-over and cancelling are the
 * semaphore's.
 *
 * Invariants, when no function here is running
 *   C1  capacity = room.permits + places taken by senders that have not filled them + count
 *   C2  count = messages.permits + messages given to receivers that have not fetched them
 *   C3  the channel is closed when `room` is. `messages` is, too, once no place is taken but by messages: who waits for
 *       one then waits in vain. What it has left can be received still.
 *
 * A message is copied with interrupts off, both ways: as soon as it counts, anybody may fetch it; and a handler that
 * receives and sends uses the place of the first message again, whoever was given that.
 */
#include <tenorite/lib/panic.h>
#include <tenorite/lib/text.h>
#include <tenorite/task/channel.h>

#define WITH_RING(channel) WITH_WAITERS(&(channel)->messages.waiters)

void channel_init(struct channel *channel, void *ring, uint32_t message_bytes, uint32_t capacity,
                  void (*destroy)(void *message))
{
    semaphore_init(&channel->room, capacity, capacity);
    semaphore_init(&channel->messages, 0, capacity);
    channel->ring = ring;
    channel->message_bytes = message_bytes;
    channel->capacity = capacity;
    channel->first = channel->count = 0;
    channel->senders = 1;
    channel->destroy = destroy;
}

/* Keeps C3. After whatever may free the last place that was taken and not filled. */
static void end_if_nothing_will_come(struct channel *channel)
{
    bool will_something_come = true;

    WITH_RING(channel)
    {
        will_something_come = !channel->room.is_closed || channel->room.permits + channel->count != channel->capacity;
    }
    if (!will_something_come)
        semaphore_close(&channel->messages);
}

void channel_close(struct channel *channel)
{
    semaphore_close(&channel->room);
    end_if_nothing_will_come(channel);
}

void channel_add_sender(struct channel *channel)
{
    WITH_RING(channel)
    {
        ASSERT(channel->senders, "channel %p: its last sender is gone", (void *)channel);
        channel->senders++;
    }
}

void channel_remove_sender(struct channel *channel)
{
    bool is_last = false;

    WITH_RING(channel)
    {
        ASSERT(channel->senders, "channel %p: its last sender is gone", (void *)channel);
        is_last = !--channel->senders;
    }
    if (is_last)
        channel_close(channel);
}

uint32_t channel_count(const struct channel *channel)
{
    return __atomic_load_n(&channel->count, __ATOMIC_RELAXED);
}

static void *place(const struct channel *channel, uint32_t index)
{
    return channel->ring + (size_t)(index % channel->capacity) * channel->message_bytes;
}

/* Into a place that was taken for it. */
static void put(struct channel *channel, const void *message)
{
    WITH_RING(channel)
    {
        memcpy(place(channel, channel->first + channel->count), message, channel->message_bytes);
        channel->count++;
    }
    semaphore_release(&channel->messages, 1);
    end_if_nothing_will_come(channel);
}

static void give_place_back(struct channel *channel)
{
    semaphore_release(&channel->room, 1);
    end_if_nothing_will_come(channel);
}

/* A message that was taken. It stays in its place until somebody sends. */
static void *fetch(struct channel *channel)
{
    void *message = NULL;

    WITH_RING(channel)
    {
        message = place(channel, channel->first);
        channel->first = (channel->first + 1) % channel->capacity;
        channel->count--;
    }
    return message;
}

static void get(struct channel *channel, void *message)
{
    WITH_RING(channel)
    {
        memcpy(message, place(channel, channel->first), channel->message_bytes);
        channel->first = (channel->first + 1) % channel->capacity;
        channel->count--;
    }
    give_place_back(channel);
}

static enum channel_error channel_error_of(enum semaphore_error error, enum channel_error if_not_enough)
{
    switch (error) {
    case SEMAPHORE_OK:
        return CHANNEL_OK;
    case SEMAPHORE_CLOSED:
        return CHANNEL_CLOSED;
    case SEMAPHORE_NOT_ENOUGH:
        return if_not_enough;
    }
    __builtin_unreachable();
}

enum channel_error channel_try_send(struct channel *channel, const void *message)
{
    enum semaphore_error error = semaphore_try_acquire(&channel->room, 1);

    if (!error)
        put(channel, message);
    return channel_error_of(error, CHANNEL_FULL);
}

/* Takes what a closed channel has left, too. */
static enum channel_error take_message(struct channel *channel, enum semaphore_error tried)
{
    if (tried == SEMAPHORE_CLOSED && semaphore_take_left(&channel->messages, 1))
        return CHANNEL_OK;
    return channel_error_of(tried, CHANNEL_EMPTY);
}

enum channel_error channel_try_receive(struct channel *channel, void *message)
{
    enum channel_error error = take_message(channel, semaphore_try_acquire(&channel->messages, 1));

    if (!error)
        get(channel, message);
    return error;
}

void channel_discard(struct channel *channel)
{
    while (!take_message(channel, semaphore_try_acquire(&channel->messages, 1))) {
        void *message = fetch(channel);

        if (channel->destroy)
            channel->destroy(message);
        give_place_back(channel);
    }
}

void channel_permit_init(struct channel_permit *permit)
{
    permit->channel = NULL;
}

void channel_permit_release(struct channel_permit *permit)
{
    struct channel *channel = permit->channel;

    permit->channel = NULL;
    if (channel)
        give_place_back(channel);
}

void channel_send_reserved(struct channel *channel, struct channel_permit *permit, const void *message)
{
    ASSERT(permit->channel == channel, "permit %p is for channel %p, not for %p", (void *)permit,
           (void *)permit->channel, (void *)channel);
    permit->channel = NULL;
    put(channel, message);
}

void channel_reserve_init(struct channel_reserve *self, struct channel *channel, struct channel_permit *permit)
{
    semaphore_acquire_init(&self->acquire, &channel->room, 1);
    self->channel = channel;
    self->permit = permit;
    self->error = CHANNEL_OK;
}

enum poll channel_reserve_poll(struct channel_reserve *self, struct context *context)
{
    if (semaphore_acquire_poll(&self->acquire, context) == POLL_PENDING)
        return POLL_PENDING;
    self->error = channel_error_of(self->acquire.error, CHANNEL_FULL);
    if (self->error)
        return POLL_READY;
    ASSERT(!self->permit->channel, "permit %p has a place already", (void *)self->permit);
    self->permit->channel = self->channel;
    return POLL_READY;
}

/* It may have had the last place that was taken and not filled. */
void channel_reserve_drop(struct channel_reserve *self)
{
    semaphore_acquire_drop(&self->acquire);
    end_if_nothing_will_come(self->channel);
}

void channel_send_init(struct channel_send *self, struct channel *channel)
{
    semaphore_acquire_init(&self->acquire, &channel->room, 1);
    self->channel = channel;
}

enum poll channel_send_poll(struct channel_send *self, struct context *context, const void *message,
                            enum channel_error *error)
{
    if (semaphore_acquire_poll(&self->acquire, context) == POLL_PENDING)
        return POLL_PENDING;
    *error = channel_error_of(self->acquire.error, CHANNEL_FULL);
    if (!*error)
        put(self->channel, message);
    return POLL_READY;
}

void channel_send_drop(struct channel_send *self)
{
    semaphore_acquire_drop(&self->acquire);
    end_if_nothing_will_come(self->channel);
}

void channel_receive_init(struct channel_receive *self, struct channel *channel)
{
    semaphore_acquire_init(&self->acquire, &channel->messages, 1);
    self->channel = channel;
}

enum poll channel_receive_poll(struct channel_receive *self, struct context *context, void *message,
                               enum channel_error *error)
{
    if (semaphore_acquire_poll(&self->acquire, context) == POLL_PENDING)
        return POLL_PENDING;
    *error = take_message(self->channel, self->acquire.error);
    if (!*error)
        get(self->channel, message);
    return POLL_READY;
}

void channel_receive_drop(struct channel_receive *self)
{
    semaphore_acquire_drop(&self->acquire);
}
