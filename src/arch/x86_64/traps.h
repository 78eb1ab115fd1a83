/* SPDX-License-Identifier: MIT */
#pragma once

#include "arch/x86_64/interrupt_entry.h"

/* Gives all 256 vectors a gate. Once, after segments_init(). */
void traps_init(void);

/* Device interrupts, called by trap_dispatch() for the vectors from IRQ_VECTOR_BASE on; false if `vector` is none. */
bool irq_dispatch(uint64_t vector);

/* Prints an exception's name, decoded error code, registers and backtrace on every console, and panics. */
NO_RETURN void exception_report(const struct trap_frame *frame) COLD;

/* Breakpoints (int3) that were met and passed since boot. */
uint64_t trap_breakpoint_count(void);

/* Non-maskable interrupts since boot. */
uint64_t trap_nmi_count(void);

/* The registers of the code that the innermost handler has interrupted; NULL outside of handlers. */
const struct trap_frame *trap_interrupted_frame(void);
