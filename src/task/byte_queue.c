/* SPDX-License-Identifier: MIT */
/*
 * A ring between one producer and one reader. Each writes only its own count.
 *
 * Invariants
 *   B1  written - read, modulo 2^32, is the number of bytes in the ring, and at most capacity
 *   B2  a byte is stored before `written` counts it, and fetched before `read` gives its place back
 *   B3  a pending reader's waker was in the slot when the ring was last seen empty: a later push finds it there
 */
#include <tenorite/lib/panic.h>
#include <tenorite/task/budget.h>
#include <tenorite/task/byte_queue.h>

void byte_queue_init(struct byte_queue *queue, uint8_t *storage, uint32_t capacity)
{
    ASSERT(capacity && !(capacity & (capacity - 1)), "capacity %u is not a power of two", capacity);
    *queue = (struct byte_queue){.bytes = storage, .capacity = capacity};
}

void byte_queue_push(struct byte_queue *queue, uint8_t byte)
{
    uint32_t written = queue->written;

    if (written - __atomic_load_n(&queue->read, __ATOMIC_ACQUIRE) == queue->capacity) {
        __atomic_store_n(&queue->dropped, queue->dropped + 1, __ATOMIC_RELAXED);
        return;
    }
    queue->bytes[written & (queue->capacity - 1)] = byte;
    __atomic_store_n(&queue->written, written + 1, __ATOMIC_RELEASE);
    waker_slot_wake(&queue->reader);
}

/* For the reader: a byte that is there stays until it takes it. */
static bool is_empty(const struct byte_queue *queue)
{
    return queue->read == __atomic_load_n(&queue->written, __ATOMIC_ACQUIRE);
}

static uint8_t take(struct byte_queue *queue)
{
    uint32_t read = queue->read;
    uint8_t byte = queue->bytes[read & (queue->capacity - 1)];

    __atomic_store_n(&queue->read, read + 1, __ATOMIC_RELEASE);
    return byte;
}

bool byte_queue_take(struct byte_queue *queue, uint8_t *byte)
{
    if (is_empty(queue))
        return false;
    *byte = take(queue);
    return true;
}

uint32_t byte_queue_dropped(const struct byte_queue *queue)
{
    return __atomic_load_n(&queue->dropped, __ATOMIC_RELAXED);
}

void byte_read_init(struct byte_read *self, struct byte_queue *queue)
{
    self->queue = queue;
    self->registered = WAKER_NONE;
}

enum poll byte_read_poll(struct byte_read *self, struct context *context)
{
    ASSERT(self->queue, "byte_read %p: polled after completion", (void *)self);
    if (is_empty(self->queue)) {
        self->registered = context->waker;
        waker_slot_register(&self->queue->reader, context->waker);
        if (is_empty(self->queue)) /* B3 */
            return POLL_PENDING;
    }
    if (!budget_take(context))
        return POLL_PENDING;
    self->result = take(self->queue);
    byte_read_drop(self);
    return POLL_READY;
}

void byte_read_drop(struct byte_read *self)
{
    if (self->queue)
        waker_slot_forget(&self->queue->reader, self->registered);
    self->queue = NULL;
}
