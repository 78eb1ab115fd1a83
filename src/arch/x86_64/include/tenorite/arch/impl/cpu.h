/* SPDX-License-Identifier: MIT */
#pragma once

/* One instruction each, without the lock prefix: an interrupt comes before or after it, never inside. */
ALWAYS_INLINE bool cpu_local_test_and_set_bit(uint32_t *word, unsigned bit)
{
    bool was_set;
    __asm__ volatile("btsl %2, %0" : "+m"(*word), "=@ccc"(was_set) : "Ir"(bit) : "memory");
    return was_set;
}

ALWAYS_INLINE bool cpu_local_test_and_clear_bit(uint32_t *word, unsigned bit)
{
    bool was_set;
    __asm__ volatile("btrl %2, %0" : "+m"(*word), "=@ccc"(was_set) : "Ir"(bit) : "memory");
    return was_set;
}

ALWAYS_INLINE void cpu_pause(void)
{
    __asm__ volatile("pause" ::: "memory");
}

/* SDM vol. 3A, 12.3.1 "Buffering of Write Combining Memory Locations". */
ALWAYS_INLINE void cpu_flush_writes(void)
{
    __asm__ volatile("sfence" ::: "memory");
}
