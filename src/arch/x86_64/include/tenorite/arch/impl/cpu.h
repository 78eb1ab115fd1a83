/* SPDX-License-Identifier: MIT */
#pragma once

/* One instruction each, without the lock prefix: an interrupt comes before or after it, never inside. */
ALWAYS_INLINE bool cpu_local_test_and_set_bit(uint32_t *word, unsigned bit)
{
    bool was_set;
    __asm__ volatile("btsl %2, %0" : "+m"(*word), "=@ccc"(was_set) : "Ir"(bit) : "memory");
    return was_set;
}

ALWAYS_INLINE void cpu_local_set_bits(uint32_t *word, uint32_t bits)
{
    __asm__ volatile("orl %1, %0" : "+m"(*word) : "ir"(bits) : "memory", "cc");
}

ALWAYS_INLINE void cpu_local_clear_bits(uint32_t *word, uint32_t bits)
{
    __asm__ volatile("andl %1, %0" : "+m"(*word) : "ir"(~bits) : "memory", "cc");
}

ALWAYS_INLINE void cpu_local_increment(uint64_t *count)
{
    __asm__ volatile("incq %0" : "+m"(*count) : : "memory", "cc");
}

/* Only the first CPU has been started: the path to the others costs nothing until there are some. */
ALWAYS_INLINE uint32_t cpu_number(void)
{
    return 0;
}

ALWAYS_INLINE bool cpu_is_home(uint32_t cpu)
{
    (void)cpu;
    return true;
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
