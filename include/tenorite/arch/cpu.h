/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/* Atomic against interrupts of this CPU, and on one CPU therefore atomic: sets bit `bit` (0..31) of *word with one
 * read-modify-write instruction without a bus lock; returns whether it was set before. (arch/impl/cpu.h) */
ALWAYS_INLINE bool cpu_local_test_and_set_bit(uint32_t *word, unsigned bit);
ALWAYS_INLINE bool cpu_local_test_and_clear_bit(uint32_t *word, unsigned bit);

/* A hint for loops that wait for another CPU or a device. */
ALWAYS_INLINE void cpu_pause(void);

/* Sends on what this CPU has collected of writes to write-combining memory (MMIO_WRITE_COMBINING), which otherwise may
 * stay in it for any time. */
ALWAYS_INLINE void cpu_flush_writes(void);

/*
 * Enables interrupts and sleeps until one arrives, without a gap between the two in which a wake could be lost.
 * Call with interrupts off, after a last look at every queue; returns with interrupts on. The only place in the
 * kernel that executes `hlt` with interrupts enabled.
 */
void cpu_idle(void);

/* Interrupts off, and no instruction after this one. */
NO_RETURN void cpu_halt(void);

/* The CPU's name, e.g. "QEMU Virtual CPU version 2.5+"; never NULL. */
const char *cpu_name(void);

#include <tenorite/arch/impl/cpu.h>
