/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/* SDM vol. 3A, 2.5 "Control Registers", 2.2.1 "Extended Feature Enable Register", 12.12.2 "IA32_PAT MSR". */
enum {
    CR0_WRITE_PROTECT = 1 << 16,
    CR0_NOT_WRITE_THROUGH = 1 << 29,
    CR0_CACHE_DISABLE = 1 << 30,
    CR4_MACHINE_CHECK_ENABLE = 1 << 6,
    CR4_PAGE_GLOBAL_ENABLE = 1 << 7,
    CR4_UMIP = 1 << 11,
    CR4_SMEP = 1 << 20,
    CR4_SMAP = 1 << 21,
    EFER_NO_EXECUTE_ENABLE = 1 << 11,
    MSR_PAGE_ATTRIBUTE_TABLE = 0x277,
    MSR_EFER = (int)0xc0000080,
};

#define DEFINE_CONTROL_REGISTER(name)                                                                                \
    ALWAYS_INLINE uint64_t name##_read(void)                                                                         \
    {                                                                                                                \
        uint64_t value;                                                                                              \
        __asm__ volatile("movq %%" #name ", %0" : "=r"(value)::"memory");                                            \
        return value;                                                                                                \
    }                                                                                                                \
    ALWAYS_INLINE void name##_write(uint64_t value)                                                                  \
    {                                                                                                                \
        __asm__ volatile("movq %0, %%" #name ::"r"(value) : "memory");                                               \
    }

DEFINE_CONTROL_REGISTER(cr0)
DEFINE_CONTROL_REGISTER(cr2)
DEFINE_CONTROL_REGISTER(cr3)
DEFINE_CONTROL_REGISTER(cr4)

ALWAYS_INLINE uint64_t msr_read(uint32_t number)
{
    uint32_t low, high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number) : "memory");
    return (uint64_t)high << 32 | low;
}

ALWAYS_INLINE void msr_write(uint32_t number, uint64_t value)
{
    __asm__ volatile("wrmsr" ::"c"(number), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)) : "memory");
}
