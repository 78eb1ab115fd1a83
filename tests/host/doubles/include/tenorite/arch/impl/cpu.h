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

ALWAYS_INLINE void cpu_local_set_bits(uint32_t *word, uint32_t bits)
{
    __atomic_fetch_or(word, bits, __ATOMIC_SEQ_CST);
    cpu_double_read_modify_write_done();
}

ALWAYS_INLINE void cpu_local_clear_bits(uint32_t *word, uint32_t bits)
{
    __atomic_fetch_and(word, ~bits, __ATOMIC_SEQ_CST);
    cpu_double_read_modify_write_done();
}

ALWAYS_INLINE void cpu_local_increment(uint64_t *count)
{
    __atomic_fetch_add(count, 1, __ATOMIC_SEQ_CST);
}

/* Each thread of a test may be another CPU. */
extern _Thread_local uint32_t cpu_double_number;

ALWAYS_INLINE uint32_t cpu_number(void)
{
    return cpu_double_number;
}

ALWAYS_INLINE bool cpu_is_home(uint32_t cpu)
{
    return cpu == cpu_double_number;
}

ALWAYS_INLINE void cpu_pause(void)
{
}

ALWAYS_INLINE void cpu_flush_writes(void)
{
}
