/* SPDX-License-Identifier: MIT */
/*
 * What is handed over is a turn: on each side one waiter at a time, the first that came, may move bytes as soon as that is
 * possible, until its future has ended. Bytes and room have no owner before they are copied.
 *
 * Invariants, when no function here is running
 *   P1  if somebody is in a side's queue and something can be done there, it is somebody's turn, who was woken
 *   P2  once it is its turn a waiter is CHOSEN; after the close all are, and turns do not matter
 *   P3  count <= capacity, first < capacity
 */
#include <tenorite/lib/panic.h>
#include <tenorite/lib/text.h>
#include <tenorite/task/budget.h>
#include <tenorite/task/pipe.h>

#define WITH_PIPE(pipe) WITH_WAITERS(&(pipe)->readers.queue)

void pipe_init(struct pipe *pipe, uint8_t *ring, uint32_t capacity)
{
    ASSERT(capacity && capacity <= 1u << 31, "pipe %p of %u bytes", (void *)pipe, capacity);
    pipe->ring = ring;
    pipe->capacity = capacity;
    pipe->first = pipe->count = 0;
    pipe->is_closed = false;
    pipe->readers = pipe->writers = (struct pipe_side){};
}

static bool can_read(const struct pipe *pipe)
{
    return pipe->count || pipe->is_closed;
}

static bool can_write(const struct pipe *pipe)
{
    return pipe->count < pipe->capacity || pipe->is_closed;
}

/* Whom to wake: something can be done. */
static struct waker give_turn(struct pipe_side *side)
{
    struct waiter *first = wait_queue_first(&side->queue);

    if (!side->turn && first) {
        (void)waiter_choose(first, 0);
        side->turn = first;
    }
    return side->turn ? side->turn->waker : WAKER_NONE;
}

/* Keeps P1 after bytes were moved, or a turn has ended. */
static void give_turns(struct pipe *pipe)
{
    struct waker reader = WAKER_NONE, writer = WAKER_NONE;

    WITH_PIPE(pipe)
    {
        if (can_read(pipe))
            reader = give_turn(&pipe->readers);
        if (can_write(pipe))
            writer = give_turn(&pipe->writers);
    }
    waker_wake(reader);
    waker_wake(writer);
}

static uint32_t smallest(size_t length, uint32_t a, uint32_t b)
{
    uint32_t smaller = a < b ? a : b;

    return length < smaller ? (uint32_t)length : smaller;
}

/* As many as there are before the ring ends. */
static uint32_t put_piece(struct pipe *pipe, const uint8_t *bytes, uint32_t length)
{
    uint32_t at = (uint32_t)(((uint64_t)pipe->first + pipe->count) % pipe->capacity);
    uint32_t piece = smallest(length, pipe->capacity - at, pipe->capacity - pipe->count);

    memcpy(pipe->ring + at, bytes, piece);
    pipe->count += piece;
    return piece;
}

static uint32_t get_piece(struct pipe *pipe, uint8_t *bytes, uint32_t length)
{
    uint32_t piece = smallest(length, pipe->capacity - pipe->first, pipe->count);

    memcpy(bytes, pipe->ring + pipe->first, piece);
    pipe->first = (pipe->first + piece) % pipe->capacity;
    pipe->count -= piece;
    return piece;
}

size_t pipe_try_write(struct pipe *pipe, const uint8_t *bytes, size_t length)
{
    uint32_t written = 0;

    WITH_PIPE(pipe)
    {
        uint32_t possible = pipe->is_closed ? 0 : smallest(length, PIPE_PIECE_BYTES, pipe->capacity - pipe->count);

        while (written < possible)
            written += put_piece(pipe, bytes + written, possible - written);
    }
    give_turns(pipe);
    return written;
}

size_t pipe_try_read(struct pipe *pipe, uint8_t *bytes, size_t length)
{
    uint32_t read = 0;

    WITH_PIPE(pipe)
    {
        uint32_t possible = smallest(length, PIPE_PIECE_BYTES, pipe->count);

        while (read < possible)
            read += get_piece(pipe, bytes + read, possible - read);
    }
    give_turns(pipe);
    return read;
}

void pipe_close(struct pipe *pipe)
{
    struct wait_queue leaving_readers, leaving_writers;

    WITH_PIPE(pipe)
    {
        pipe->is_closed = true;
        wait_queue_take_all(&pipe->readers.queue, &leaving_readers);
        wait_queue_take_all(&pipe->writers.queue, &leaving_writers);
    }
    wait_queue_wake_all(&pipe->readers.queue, &leaving_readers, 0);
    wait_queue_wake_all(&pipe->readers.queue, &leaving_writers, 0);
    give_turns(pipe);
}

static bool is_its_turn(const struct pipe *pipe, const struct pipe_side *side, const struct waiter *waiter)
{
    return waiter->state == WAITER_CHOSEN || pipe->is_closed || (!side->turn && !wait_queue_first(&side->queue));
}

/* Whether it is the waiter's turn and something can be done; else it waits. */
static bool can_go_on(struct pipe *pipe, struct pipe_side *side, struct waiter *waiter, struct waker waker,
                      bool (*can_move)(const struct pipe *pipe))
{
    bool can_it = false;

    WITH_PIPE(pipe)
    {
        if (is_its_turn(pipe, side, waiter)) {
            (void)waiter_choose(waiter, 0);
            waiter->waker = waker;
            if (!side->turn)
                side->turn = waiter;
            can_it = can_move(pipe);
        } else {
            wait_queue_wait(&side->queue, waiter, waker);
        }
    }
    return can_it;
}

static void end_turn(struct pipe *pipe, struct pipe_side *side, struct waiter *waiter)
{
    WITH_PIPE(pipe)
    {
        (void)waiter_leave(waiter);
        if (side->turn == waiter)
            side->turn = NULL;
    }
    give_turns(pipe);
}

void pipe_write_init(struct pipe_write *self, struct pipe *pipe, const uint8_t *bytes, size_t length)
{
    ASSERT(length, "pipe_write %p: nothing to write", (void *)self);
    self->pipe = pipe;
    self->bytes = bytes;
    self->length = length;
    self->result = 0;
    self->error = PIPE_OK;
    waiter_init(&self->waiter);
}

enum poll pipe_write_poll(struct pipe_write *self, struct context *context)
{
    struct pipe *pipe = self->pipe;

    ASSERT(pipe, "pipe_write %p: polled after completion", (void *)self);
    while (!self->result && !self->error) {
        if (!can_go_on(pipe, &pipe->writers, &self->waiter, context->waker, can_write) || !budget_take(context))
            return POLL_PENDING;
        self->result = pipe_try_write(pipe, self->bytes, self->length);
        if (!self->result && pipe->is_closed)
            self->error = PIPE_CLOSED;
    }
    pipe_write_drop(self);
    return POLL_READY;
}

void pipe_write_drop(struct pipe_write *self)
{
    if (self->pipe)
        end_turn(self->pipe, &self->pipe->writers, &self->waiter);
    self->pipe = NULL;
}

void pipe_read_init(struct pipe_read *self, struct pipe *pipe, uint8_t *bytes, size_t length)
{
    ASSERT(length, "pipe_read %p: no room to read to", (void *)self);
    self->pipe = pipe;
    self->bytes = bytes;
    self->length = length;
    self->result = 0;
    waiter_init(&self->waiter);
}

/* Closed and empty, in one look: a write and a close may come between two. */
static bool is_at_end(const struct pipe *pipe)
{
    bool is_it = false;

    WITH_PIPE(pipe)
    {
        is_it = pipe->is_closed && !pipe->count;
    }
    return is_it;
}

enum poll pipe_read_poll(struct pipe_read *self, struct context *context)
{
    struct pipe *pipe = self->pipe;

    ASSERT(pipe, "pipe_read %p: polled after completion", (void *)self);
    do {
        if (!can_go_on(pipe, &pipe->readers, &self->waiter, context->waker, can_read) || !budget_take(context))
            return POLL_PENDING;
        self->result = pipe_try_read(pipe, self->bytes, self->length);
    } while (!self->result && !is_at_end(pipe));
    pipe_read_drop(self);
    return POLL_READY;
}

void pipe_read_drop(struct pipe_read *self)
{
    if (self->pipe)
        end_turn(self->pipe, &self->pipe->readers, &self->waiter);
    self->pipe = NULL;
}
