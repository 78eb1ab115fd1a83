/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/drivers/byte_sink.h>
#include <tenorite/drivers/keyboard_decoder.h>
#include <tenorite/lib/console.h>
#include <tenorite/task/byte_queue.h>

/*
 * A place where somebody types and reads: bytes from one interrupt handler, text to one console. A serial line's bytes
 * are characters; a keyboard's are scan codes, which the terminal decodes.
 */
enum terminal_input { TERMINAL_CHARACTERS, TERMINAL_SCAN_CODES };

enum { TERMINAL_QUEUE_BYTES = 256, TERMINAL_AHEAD_BYTES = 256, TERMINAL_CTRL_C = 3 };

struct terminal {
    const char *name;
    enum terminal_input input;
    struct console *output;
    struct keyboard_decoder decoder; /* TERMINAL_SCAN_CODES only */
    struct byte_queue queue;
    uint8_t storage[TERMINAL_QUEUE_BYTES];
    uint8_t ahead[TERMINAL_AHEAD_BYTES]; /* characters typed while terminal_interrupt waited: a ring */
    unsigned ahead_first, ahead_count;
};

/* Must live for ever once a driver puts bytes into its sink. */
void terminal_init(struct terminal *terminal, const char *name, enum terminal_input input, struct console *output);

/* Where the driver puts what it receives: a full queue drops the newest and counts. */
struct byte_sink terminal_sink(struct terminal *terminal);

/* AWAIT(terminal_read, &self->read, terminal): ready when a character was typed; it is in read.result. One of a terminal's
 * two futures at a time. */
struct terminal_read {
    struct terminal *terminal;
    struct byte_read raw;
    uint8_t result;
};

void terminal_read_init(struct terminal_read *self, struct terminal *terminal);
enum poll terminal_read_poll(struct terminal_read *self, struct context *context);
void terminal_read_drop(struct terminal_read *self);
FUTURE_TYPE(terminal_read, FUTURE_RESULT(terminal_read));

/* AWAIT(terminal_interrupt, &self->interrupt, terminal): ready when Ctrl-C was typed; what was typed before it is lost. If
 * it is dropped, what was typed meanwhile is there for terminal_read, up to TERMINAL_AHEAD_BYTES characters. */
struct terminal_interrupt {
    struct terminal_read read;
};

void terminal_interrupt_init(struct terminal_interrupt *self, struct terminal *terminal);
enum poll terminal_interrupt_poll(struct terminal_interrupt *self, struct context *context);
void terminal_interrupt_drop(struct terminal_interrupt *self);
FUTURE_TYPE(terminal_interrupt);
