/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/drivers/byte_sink.h>

/* The PS/2 keyboard behind a PC's i8042 controller, as a source of scan codes of set 1 (keyboard_decoder.h). */
enum NODISCARD keyboard_error {
    KEYBOARD_OK,
    KEYBOARD_NOT_PRESENT,      /* no controller, or it stopped answering */
    KEYBOARD_SELF_TEST_FAILED, /* the controller says of itself that it is broken */
    KEYBOARD_IRQ_UNAVAILABLE,  /* no such interrupt line, or another driver has it */
};

/* What is wrong, as one line. */
const char *keyboard_error_text(enum keyboard_error error);

enum { KEYBOARD_IRQ = 1 };

struct keyboard_counters {
    uint64_t received_bytes; /* put into the sink */
    uint64_t replies;        /* 0xfa and 0xfe: answers to commands, not scan codes; discarded */
    uint64_t mouse_bytes;    /* of the second port; discarded */
    uint64_t parity_errors;  /* bytes discarded */
};

/* The fields belong to the driver; `counters` may be read at any time. */
struct keyboard {
    struct byte_sink sink;
    struct keyboard_counters counters;
};

/*
 * Tests the controller, empties it of what firmware left there, sets it to deliver the first port's bytes,
 * translated to set 1, by interrupt line `irq_line`, and switches the keyboard on. From now on each scan code goes
 * into `sink`. A controller without a keyboard is no error: one may be plugged in. The second port (mouse) is off.
 *
 * Cost: every wait is bounded, at most a million status reads each (a second on a PC's bus); normally milliseconds.
 * Task context, once. After an error nothing comes into `sink` and the controller was told to raise no interrupts.
 */
enum keyboard_error keyboard_init(struct keyboard *keyboard, unsigned irq_line, struct byte_sink sink);
