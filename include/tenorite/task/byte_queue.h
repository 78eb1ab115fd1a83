/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/future.h>

/*
 * Bytes from one interrupt handler to one task: a ring that the handler fills and the task reads.
 *
 * A full queue drops the newest byte and counts it: what was typed first is kept in order, and the handler never
 * waits. One producer (an interrupt handler or a task) and one reader at a time.
 */
struct byte_queue {
    uint8_t *bytes;
    uint32_t capacity; /* a power of two */
    uint32_t written;  /* counts since init, modulo 2^32; the ring index is the count modulo capacity */
    uint32_t read;
    uint32_t dropped;
    struct waker_slot reader;
};

/* An empty queue over `capacity` bytes at `storage`, a power of two from 1 to 2^31 that outlives the queue. Before the
 * producer starts. */
void byte_queue_init(struct byte_queue *queue, uint8_t *storage, uint32_t capacity);

/* Appends a byte and wakes the reader, or drops the byte and counts it. Any one context, interrupt handlers too. */
void byte_queue_push(struct byte_queue *queue, uint8_t byte);

/* Takes the oldest byte if there is one. Task context. */
bool byte_queue_take(struct byte_queue *queue, uint8_t *byte) MUST_CHECK;

/* Bytes dropped so far, modulo 2^32. Any context. */
uint32_t byte_queue_dropped(const struct byte_queue *queue);

/* AWAIT(byte_read, &self->read, &queue): ready when a byte has come; it is in self->read.result. Dropping the future
 * takes nothing out of the queue. A poll after completion panics. */
struct byte_read {
    struct byte_queue *queue; /* NULL: ended */
    const char cannot_be_assigned[0];
    struct waker registered;
    uint8_t result;
};

void byte_read_init(struct byte_read *self, struct byte_queue *queue);
enum poll byte_read_poll(struct byte_read *self, struct context *context);
void byte_read_drop(struct byte_read *self);
FUTURE_TYPE(byte_read, FUTURE_RESULT(byte_read));
