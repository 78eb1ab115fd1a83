/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * An 8254 with its gate at port 0x61, behind the I/O double, and its interrupt line behind the interrupt double: modes 0
 * and 2, the counter latch, counts of two bytes. Time passes only when a test says so, or by accesses to the ports.
 */
enum pit_model_kind {
    PIT_COUNTS,
    PIT_STANDS,   /* never goes on from `standing_count` */
    PIT_IS_NOISE, /* a bus that reads as anything */
};

struct pit_model {
    enum pit_model_kind kind;
    uint64_t clocks;            /* since the beginning */
    unsigned clocks_per_access; /* pass with each access to the chip */
    unsigned clocks_per_load;   /* pass after a count has been written to channel 0 */
    unsigned clocks_per_delay;  /* pass with each io_delay() */
    uint16_t standing_count;
    uint8_t control_port; /* 0x61 */
    uint8_t mode[3];      /* as programmed */
    uint64_t interrupts;  /* delivered */
    void (*on_latch)(void);
};

extern struct pit_model pit_model;
enum { PIT_MODEL_HZ = 1193182, PIT_MODEL_LINE = 0 };

/* A new chip, and nothing else behind the ports. */
void pit_model_reset(void);

/* Lets `clocks` pass; interrupts are delivered as they come, if they are on. */
void pit_model_pass(uint64_t clocks);

/* The count that a channel was last given, 0 for 65536. */
unsigned pit_model_count(unsigned channel);
