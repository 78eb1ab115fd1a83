/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/cpu.h>
#include <tenorite/arch/interrupts.h>

/* Controls of the CPU double. */
void cpu_double_reset(void); /* interrupts on, not in a handler, no hooks, no idles counted */

extern void (*cpu_double_on_idle)(void); /* called by cpu_idle(), where the real one would wait for an interrupt */
extern unsigned cpu_double_idle_count;

/* Called once, in a handler, at the last moment before interrupts go from on to off: where a wake is easily lost. */
extern void (*cpu_double_last_interrupt)(void);

extern void (*cpu_double_on_interrupt)(uint32_t cpu); /* called by cpu_interrupt() */

/* Runs `handler`, in a handler, right after the `nth` (1: the next) cpu_local_...bit from now on, once. */
void cpu_double_interrupt_after(unsigned nth, void (*handler)(void));

/* IN_HANDLER { ... }: what is inside runs as an interrupt handler would: interrupts off, interrupts_in_handler(). */
struct cpu_double_handler {
    bool was_in_handler;
    interrupt_state before;
};

struct cpu_double_handler cpu_double_enter_handler(void);
void cpu_double_leave_handler(struct cpu_double_handler *handler);

#define IN_HANDLER                                                                                                   \
    for (struct cpu_double_handler handler_scope                                                                     \
         __attribute__((cleanup(cpu_double_leave_handler))) = cpu_double_enter_handler(),                            \
         *handler_once = &handler_scope;                                                                             \
         handler_once; handler_once = 0)
