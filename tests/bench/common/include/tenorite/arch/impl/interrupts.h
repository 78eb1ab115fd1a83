/* SPDX-License-Identifier: MIT */
#pragma once

/* `sti` and `cli` need ring 0: the flag is a variable here, a store as each of them is one instruction. Whether a handler
 * runs is looked up as in the kernel. */
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
    return __atomic_load_n(&interrupts_enabled_here, __ATOMIC_RELAXED);
}

ALWAYS_INLINE interrupt_state interrupts_save_and_disable(void)
{
    interrupt_state state = {interrupts_are_enabled()};
    interrupts_disable();
    return state;
}

ALWAYS_INLINE void interrupts_restore(interrupt_state state)
{
    __atomic_store_n(&interrupts_enabled_here, state.were_enabled, __ATOMIC_RELAXED);
    __asm__ volatile("" ::: "memory");
}
