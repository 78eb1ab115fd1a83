/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * Atomic against interrupts of this CPU, NMIs included, and on one CPU therefore atomic: each is one read-modify-write
 * instruction without a bus lock. Only the CPU that owns the word may use them. (arch/impl/cpu.h)
 */
/* Sets bit `bit` (0..31) of *word; returns whether it was set before. */
ALWAYS_INLINE bool cpu_local_test_and_set_bit(uint32_t *word, unsigned bit);
ALWAYS_INLINE void cpu_local_set_bits(uint32_t *word, uint32_t bits);
ALWAYS_INLINE void cpu_local_clear_bits(uint32_t *word, uint32_t bits);
ALWAYS_INLINE void cpu_local_increment(uint64_t *count);

/* Whether the code that asks runs on CPU number `cpu`. (arch/impl/cpu.h) */
ALWAYS_INLINE bool cpu_is_home(uint32_t cpu);

/* The number of this CPU, from 0 on. Any context. (arch/impl/cpu.h) */
ALWAYS_INLINE uint32_t cpu_number(void);

/* Interrupts another CPU, so that it leaves cpu_idle(). Any context. */
void cpu_interrupt(uint32_t cpu);

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

/* The same, unless the pointer that `pointer` points to is not NULL. An NMI asks no interrupt flag: what its handler leaves
 * after the caller's last look would be slept through. So the look at the place where it leaves it is part of the wait,
 * and an NMI from this look on ends the wait. */
void cpu_idle_while_null(const void *pointer);

/* Interrupts off, and no instruction after this one. */
NO_RETURN void cpu_halt(void);

/* The CPU's name, e.g. "QEMU Virtual CPU version 2.5+"; never NULL. */
const char *cpu_name(void);

#include <tenorite/arch/impl/cpu.h>
