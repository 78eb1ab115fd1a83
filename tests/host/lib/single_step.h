/* SPDX-License-Identifier: MIT */
#pragma once

#include <signal.h>
#include <stdint.h>

/*
 * Interrupts code after every single instruction, as an NMI could, by the trap flag of the CPU:
 *
 *     single_step_begin(interrupt);       // interrupt(1), interrupt(2), ... from here on
 *     code_under_test();
 *     single_step_end();
 *
 * A few instructions of these two functions count too.
 */
static void (*single_step_interrupt)(unsigned step);
static unsigned single_step_count;

enum { SINGLE_STEP_TRAP_FLAG = 0x100 };

static inline void single_step_trap(int signal_number)
{
    (void)signal_number;
    single_step_interrupt(++single_step_count);
}

static inline void single_step_begin(void (*interrupt)(unsigned step))
{
    single_step_interrupt = interrupt;
    single_step_count = 0;
    signal(SIGTRAP, single_step_trap);
    __builtin_ia32_writeeflags_u64(__builtin_ia32_readeflags_u64() | SINGLE_STEP_TRAP_FLAG);
}

static inline void single_step_end(void)
{
    __builtin_ia32_writeeflags_u64(__builtin_ia32_readeflags_u64() & ~(uint64_t)SINGLE_STEP_TRAP_FLAG);
}
