/* SPDX-License-Identifier: MIT */
#include <tenorite/app/terminal.h>

void terminal_init(struct terminal *terminal, const char *name, enum terminal_input input, struct console *output)
{
    terminal->name = name;
    terminal->input = input;
    terminal->output = output;
    terminal->decoder = keyboard_decoder_start();
    byte_queue_init(&terminal->queue, terminal->storage, TERMINAL_QUEUE_BYTES);
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

bool terminal_decode(struct terminal *terminal, uint8_t raw, uint8_t *character)
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
