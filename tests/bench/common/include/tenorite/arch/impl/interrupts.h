/* SPDX-License-Identifier: MIT */
#pragma once

/* `sti` and `cli` need ring 0: the flag is a variable here, a store where the kernel has one of the two. Flags are pushed
 * and popped, and whether a handler runs is looked up, as in the kernel. */
enum { RFLAGS_INTERRUPT_ENABLE = 1 << 9 };

extern unsigned interrupts_handler_depth;
extern bool interrupts_enabled_here;

ALWAYS_INLINE bool interrupts_in_handler(void)
{
    return interrupts_handler_depth != 0;
}

ALWAYS_INLINE void interrupts_enable(void)
{
    __atomic_store_n(&interrupts_enabled_here, true, __ATOMIC_RELAXED);
    __asm__ volatile("" ::: "memory");
}

ALWAYS_INLINE void interrupts_disable(void)
{
    __atomic_store_n(&interrupts_enabled_here, false, __ATOMIC_RELAXED);
    __asm__ volatile("" ::: "memory");
}

ALWAYS_INLINE bool interrupts_are_enabled(void)
{
    uint64_t flags;
    __asm__ volatile("pushfq\n\tpopq %0" : "=r"(flags)::"memory");
    return (flags & RFLAGS_INTERRUPT_ENABLE) != 0 && __atomic_load_n(&interrupts_enabled_here, __ATOMIC_RELAXED);
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
