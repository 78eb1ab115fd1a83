/* SPDX-License-Identifier: MIT */
#pragma once

/* The interrupt flag of x86-64. The memory clobbers make each a compiler barrier. */
enum { RFLAGS_INTERRUPT_ENABLE = 1 << 9 };

ALWAYS_INLINE void interrupts_enable(void)
{
    __asm__ volatile("sti" ::: "memory");
}

ALWAYS_INLINE void interrupts_disable(void)
{
    __asm__ volatile("cli" ::: "memory");
}

ALWAYS_INLINE bool interrupts_are_enabled(void)
{
    uint64_t flags;
    __asm__ volatile("pushfq\n\tpopq %0" : "=r"(flags)::"memory");
    return (flags & RFLAGS_INTERRUPT_ENABLE) != 0;
}

/* How many handlers are running, one inside the other. Counted by traps.c. */
extern unsigned interrupts_handler_depth;

ALWAYS_INLINE bool interrupts_in_handler(void)
{
    return interrupts_handler_depth != 0;
}

ALWAYS_INLINE interrupt_state interrupts_save_and_disable(void)
{
    interrupt_state state = {interrupts_are_enabled()};
    interrupts_disable();
    return state;
}

ALWAYS_INLINE void interrupts_restore(interrupt_state state)
{
    if (state.were_enabled)
        interrupts_enable();
    else
        interrupts_disable();
}
