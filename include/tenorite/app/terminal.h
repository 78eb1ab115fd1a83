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

enum { TERMINAL_QUEUE_BYTES = 256 };

struct terminal {
    const char *name;
    enum terminal_input input;
    struct console *output;
    struct keyboard_decoder decoder; /* TERMINAL_SCAN_CODES only */
    struct byte_queue queue;
    uint8_t storage[TERMINAL_QUEUE_BYTES];
};

/* Must live for ever once a driver puts bytes into its sink. */
void terminal_init(struct terminal *terminal, const char *name, enum terminal_input input, struct console *output);

/* Where the driver puts what it receives: a full queue drops the newest and counts. */
struct byte_sink terminal_sink(struct terminal *terminal);

/* Whether the raw byte completes a character; if so it is in *character. Task context. */
bool terminal_decode(struct terminal *terminal, uint8_t raw, uint8_t *character);
