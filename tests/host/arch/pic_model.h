/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * The pair of 8259A interrupt controllers of a PC, at ports 0x20, 0x21, 0xa0 and 0xa1, and the port 0x80 that old
 * software writes to for a delay. Bits are written out from the data sheet, not taken from the driver. Not modelled:
 * rotation, special masks, polling, level-triggered lines.
 */
struct pic_chip {
    /* what a test may look at */
    uint8_t requested, in_service, mask;
    bool is_absent;            /* reads give all ones, writes vanish */
    uint8_t initialisation[4]; /* ICW1 to ICW4, the last ones written */
    unsigned initialisations;  /* complete sequences */
    unsigned ends_of_interrupt;
    unsigned needless_ends; /* those that found no line in service */

    /* inside */
    unsigned expected_word; /* 2 to 4 in a sequence, else 0 */
    bool reads_in_service;
};

struct pic_pair {
    struct pic_chip master, slave;
    bool is_settling;       /* an initialisation word was the last thing written */
    bool has_requested;     /* the CPU has been interrupted, though perhaps only for a moment */
    unsigned hurried_words; /* written while the chip was settling */
};

/* Resets the model and puts it on its ports. */
void pic_model_attach(struct pic_pair *pair);

void pic_model_raise(struct pic_pair *pair, unsigned line);
void pic_model_withdraw(struct pic_pair *pair, unsigned line);

/* Whether the CPU is being interrupted. */
bool pic_model_interrupts(const struct pic_pair *pair);

/* The CPU's acknowledge cycle: the vector it gets. A request that has vanished gives line 7 of its chip. */
uint8_t pic_model_acknowledge(struct pic_pair *pair);
