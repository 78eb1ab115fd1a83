/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

enum { I8042_MODEL_CAPACITY = 65536 };

/* An i8042 keyboard controller with a keyboard, and faults to order. Command and bit numbers are written out from the
 * PS/2 literature, not taken from the driver. */
struct i8042_model {
    /* set by the test, any time */
    bool never_takes_input; /* status bit 1 stays set */
    bool never_answers;     /* status bit 0 stays clear */
    bool has_no_keyboard;
    bool babbles; /* the output buffer is always full, of 0x1e */
    uint8_t self_test_result;
    uint8_t config;
    unsigned resends; /* the keyboard answers that many commands with 0xfe first */
    unsigned polls_to_answer;
    uint8_t byte_under_way;        /* comes before the self test's result; 0 for none */
    uint8_t key_before_interrupts; /* waits when interrupts come on, and raises no edge any more; 0 for none */
    unsigned irq_line;

    /* what a test may look at */
    bool is_keyboard_port_on, is_mouse_port_on, is_scanning;

    /* inside */
    uint8_t expects_data_for;
    unsigned polls_left;
    struct {
        uint8_t byte, status;
    } output[I8042_MODEL_CAPACITY];
    size_t first, end;
};

/* Ports 0x60 and 0x64. */
void i8042_model_attach(struct i8042_model *model);

/* A byte from a device reaches the output buffer, with status bits beside "full": 0x20 mouse, 0x80 parity error. */
void i8042_model_put(struct i8042_model *model, uint8_t byte, uint8_t status);
