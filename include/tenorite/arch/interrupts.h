/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * Interrupts of the current CPU, and the handlers of its device interrupt lines.
 *
 * A handler runs on its own stack with interrupts off, is not nested, and must neither allocate nor block nor take
 * a lock that tasks hold with interrupts on (contract K12): it takes data from its device, stores it, and wakes.
 */
typedef struct {
    bool were_enabled;
} interrupt_state;

/* Compiler barriers included: no memory access moves across any of these. (arch/impl/interrupts.h) */
ALWAYS_INLINE void interrupts_enable(void);
ALWAYS_INLINE void interrupts_disable(void);
ALWAYS_INLINE bool interrupts_are_enabled(void);
ALWAYS_INLINE interrupt_state interrupts_save_and_disable(void);
ALWAYS_INLINE void interrupts_restore(interrupt_state state);

/* WITHOUT_INTERRUPTS { ... }: interrupts are off inside and as before afterwards, however the block is left. */
#define WITHOUT_INTERRUPTS                                                                                           \
    WITHOUT_INTERRUPTS_NAMED(NAME_OF_THIS_LINE(interrupts_before_), NAME_OF_THIS_LINE(interrupts_once_))

/* True while the CPU runs an interrupt, NMI or exception handler. (arch/impl/interrupts.h) */
ALWAYS_INLINE bool interrupts_in_handler(void);

typedef void irq_handler(void *argument);

enum NODISCARD irq_error { IRQ_OK, IRQ_NO_SUCH_LINE, IRQ_LINE_TAKEN };

/* Whether this machine has the interrupt controller that the lines belong to. Without it no device interrupt arrives,
 * though handlers can be attached. Changes nothing. Task context. */
bool interrupts_controller_is_present(void);

/* Number of interrupt lines; they are numbered from 0. */
unsigned irq_line_count(void);

/* Connects `handler` to interrupt line `line` and unmasks it. The line is acknowledged after the handler returned.
 * Task context. On an error nothing changed. */
enum irq_error irq_attach(unsigned line, irq_handler *handler, void *argument);

/* Interrupts on lines that have no handler, or that nobody raised (spurious interrupts of the 8259 and the local APIC). */
uint64_t irq_spurious_count(void);

/* The rest of this header serves the macro. */
#define WITHOUT_INTERRUPTS_NAMED(before, once)                                                                       \
    for (interrupt_state before __attribute__((cleanup(interrupts_restore_guard))) = interrupts_save_and_disable(),  \
                                *once = &before;                                                                     \
         once; once = 0)

#include <tenorite/arch/impl/interrupts.h>

ALWAYS_INLINE void interrupts_restore_guard(interrupt_state *state)
{
    interrupts_restore(*state);
}
