/* SPDX-License-Identifier: MIT */
#pragma once

/* Host double of the inline interrupt primitives: the interrupt flag is a variable (tests/host/doubles/cpu.c). Included
 * by <tenorite/arch/interrupts.h>. */
extern _Thread_local bool cpu_double_interrupts_enabled;
extern bool cpu_double_is_in_handler;
void cpu_double_interrupts_go_off(void);

ALWAYS_INLINE bool interrupts_in_handler(void)
{
    return cpu_double_is_in_handler;
}

ALWAYS_INLINE void interrupts_enable(void)
{
    cpu_double_interrupts_enabled = true;
    __asm__ volatile("" ::: "memory");
}

ALWAYS_INLINE void interrupts_disable(void)
{
    cpu_double_interrupts_go_off();
}

ALWAYS_INLINE bool interrupts_are_enabled(void)
{
    return cpu_double_interrupts_enabled;
}

ALWAYS_INLINE interrupt_state interrupts_save_and_disable(void)
{
    interrupt_state state = {cpu_double_interrupts_enabled};

    interrupts_disable();
    return state;
}

ALWAYS_INLINE void interrupts_restore(interrupt_state state)
{
    cpu_double_interrupts_enabled = state.were_enabled;
    __asm__ volatile("" ::: "memory");
}
