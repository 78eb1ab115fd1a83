/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/task/wait_queue.h>

/*
 * A stream of bytes between tasks, through a ring: writers wait for room, readers for bytes; nothing is lost. (What one
 * interrupt handler feeds, and drops when it is full, is byte_queue.)
 *
 *     AWAIT(pipe_write, &self->write, &pipe, bytes, length);          // self->write.result: how many it has written
 *     AWAIT(pipe_read, &self->read, &pipe, buffer, sizeof(buffer));   // self->read.result: how many; 0: the end
 *
 * Both do what can be done at once, and wait only where that is nothing: from 1 to PIPE_PIECE_BYTES bytes are copied, with
 * interrupts off. Those who wait get their turn in order; a future that is dropped has moved no byte.
 */
struct pipe_side {
    struct wait_queue queue;
    struct waiter *turn; /* whose turn it is, until it has ended; NULL: nobody's */
};

struct pipe {
    const char cannot_be_assigned[0]; /* a const member forbids assignment of whatever contains it */
    uint8_t *ring;
    uint32_t capacity;
    uint32_t first;
    uint32_t count;
    bool is_closed;
    struct pipe_side readers; /* its queue stands for the pipe in WITH_WAITERS */
    struct pipe_side writers;
};

enum { PIPE_PIECE_BYTES = 256 };

/* An empty pipe over `capacity` bytes at `ring`, 1 to 2^31, which outlive it. */
void pipe_init(struct pipe *pipe, uint8_t *ring, uint32_t capacity);

/* Appends what there is room for, at most PIPE_PIECE_BYTES; nothing to a closed pipe. Returns how many bytes. Tasks and
 * interrupt handlers, NMI handlers excepted. */
size_t pipe_try_write(struct pipe *pipe, const uint8_t *bytes, size_t length) MUST_CHECK;

/* Takes what there is, at most PIPE_PIECE_BYTES, whoever waits. Returns how many bytes. Context as above. */
size_t pipe_try_read(struct pipe *pipe, uint8_t *bytes, size_t length) MUST_CHECK;

/* Nothing more is written: who waits to write gets PIPE_CLOSED; readers read what is left and then the end. Context as
 * above. Cost: linear in the number of those who wait. */
void pipe_close(struct pipe *pipe);

enum NODISCARD pipe_error { PIPE_OK, PIPE_CLOSED };

/* Ready when one byte or more were written; PIPE_CLOSED: none. `bytes` stays valid until then, `length` is 1 or more. A poll
 * after completion panics. */
struct pipe_write {
    struct pipe *pipe; /* NULL: ended */
    struct waiter waiter;
    const uint8_t *bytes;
    size_t length;
    size_t result;
    enum pipe_error error;
};

void pipe_write_init(struct pipe_write *self, struct pipe *pipe, const uint8_t *bytes, size_t length);
enum poll pipe_write_poll(struct pipe_write *self, struct context *context);
void pipe_write_drop(struct pipe_write *self);
FUTURE_TYPE(pipe_write, FUTURE_RESULT(pipe_write));

/* Ready when one byte or more were read; none: the end. */
struct pipe_read {
    struct pipe *pipe; /* NULL: ended */
    struct waiter waiter;
    uint8_t *bytes;
    size_t length;
    size_t result;
};

void pipe_read_init(struct pipe_read *self, struct pipe *pipe, uint8_t *bytes, size_t length);
enum poll pipe_read_poll(struct pipe_read *self, struct context *context);
void pipe_read_drop(struct pipe_read *self);
FUTURE_TYPE(pipe_read, FUTURE_RESULT(pipe_read));
