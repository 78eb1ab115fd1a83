/* SPDX-License-Identifier: MIT */
#pragma once

/* Host double of the inline CPU primitives. Included by <tenorite/arch/cpu.h>. */
void cpu_double_read_modify_write_done(void);

ALWAYS_INLINE bool cpu_local_test_and_set_bit(uint32_t *word, unsigned bit)
{
    uint32_t before = __atomic_fetch_or(word, (uint32_t)1 << bit, __ATOMIC_SEQ_CST);

    cpu_double_read_modify_write_done();
    return before >> bit & 1;
}

ALWAYS_INLINE bool cpu_local_test_and_clear_bit(uint32_t *word, unsigned bit)
{
    uint32_t before = __atomic_fetch_and(word, ~((uint32_t)1 << bit), __ATOMIC_SEQ_CST);

    cpu_double_read_modify_write_done();
    return before >> bit & 1;
}

ALWAYS_INLINE void cpu_pause(void)
{
}

ALWAYS_INLINE void cpu_flush_writes(void)
{
}
