/* SPDX-License-Identifier: MIT */
#include <tenorite/app/terminal.h>

void terminal_init(struct terminal *terminal, const char *name, enum terminal_input input, struct console *output)
{
    terminal->name = name;
    terminal->input = input;
    terminal->output = output;
    terminal->decoder = keyboard_decoder_start();
    byte_queue_init(&terminal->queue, terminal->storage, TERMINAL_QUEUE_BYTES);
    terminal->ahead_first = terminal->ahead_count = 0;
}

static void put(void *context, uint8_t byte)
{
    struct terminal *terminal = context;
    byte_queue_push(&terminal->queue, byte);
}

struct byte_sink terminal_sink(struct terminal *terminal)
{
    return (struct byte_sink){.put = put, .context = terminal};
}

static bool decode_key(struct terminal *terminal, uint8_t scan_code, uint8_t *character)
{
    struct keyboard_decoding step = keyboard_decoder_feed(terminal->decoder, scan_code);
    terminal->decoder = step.decoder;
    if (step.decoded.kind != DECODED_CHARACTER)
        return false;
    *character = step.decoded.character;
    return true;
}

/* Whether the raw byte completes a character. */
static bool decode(struct terminal *terminal, uint8_t raw, uint8_t *character)
{
    switch (terminal->input) {
    case TERMINAL_CHARACTERS:
        *character = raw;
        return true;
    case TERMINAL_SCAN_CODES:
        return decode_key(terminal, raw, character);
    }
    __builtin_unreachable();
}

static bool take_ahead(struct terminal *terminal, uint8_t *character)
{
    if (terminal->ahead_count == 0)
        return false;
    *character = terminal->ahead[terminal->ahead_first];
    terminal->ahead_first = (terminal->ahead_first + 1) % TERMINAL_AHEAD_BYTES;
    terminal->ahead_count--;
    return true;
}

static void put_ahead(struct terminal *terminal, uint8_t character)
{
    if (terminal->ahead_count < TERMINAL_AHEAD_BYTES)
        terminal->ahead[(terminal->ahead_first + terminal->ahead_count++) % TERMINAL_AHEAD_BYTES] = character;
}

void terminal_read_init(struct terminal_read *self, struct terminal *terminal)
{
    self->terminal = terminal;
    byte_read_init(&self->raw, &terminal->queue);
}

/* The next character that comes from the device. */
static enum poll poll_device(struct terminal_read *self, struct context *context)
{
    for (;;) {
        if (byte_read_poll(&self->raw, context) == POLL_PENDING)
            return POLL_PENDING;
        if (decode(self->terminal, self->raw.result, &self->result))
            return POLL_READY;
        byte_read_init(&self->raw, &self->terminal->queue);
    }
}

enum poll terminal_read_poll(struct terminal_read *self, struct context *context)
{
    if (take_ahead(self->terminal, &self->result)) {
        byte_read_drop(&self->raw);
        return POLL_READY;
    }
    return poll_device(self, context);
}

void terminal_read_drop(struct terminal_read *self)
{
    byte_read_drop(&self->raw);
}

void terminal_interrupt_init(struct terminal_interrupt *self, struct terminal *terminal)
{
    terminal_read_init(&self->read, terminal);
}

enum poll terminal_interrupt_poll(struct terminal_interrupt *self, struct context *context)
{
    struct terminal *terminal = self->read.terminal;
    while (poll_device(&self->read, context) == POLL_READY) {
        if (self->read.result == TERMINAL_CTRL_C) {
            terminal->ahead_count = 0;
            return POLL_READY;
        }
        put_ahead(terminal, self->read.result);
        terminal_read_init(&self->read, terminal);
    }
    return POLL_PENDING;
}

void terminal_interrupt_drop(struct terminal_interrupt *self)
{
    terminal_read_drop(&self->read);
}
