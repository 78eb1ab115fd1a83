/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/cpu.h>
#include <tenorite/lib/text.h>

#include "arch/x86_64/cpuid.h"

struct cpuid cpuid(uint32_t leaf)
{
    struct cpuid highest, answer = {};
    __asm__ volatile("cpuid"
                     : "=a"(highest.eax), "=b"(highest.ebx), "=c"(highest.ecx), "=d"(highest.edx)
                     : "a"(leaf & 0x80000000), "c"(0));
    if (leaf <= highest.eax)
        __asm__ volatile("cpuid"
                         : "=a"(answer.eax), "=b"(answer.ebx), "=c"(answer.ecx), "=d"(answer.edx)
                         : "a"(leaf), "c"(0));
    return answer;
}

const char *cpu_name(void)
{
    static char name[49];
    enum { FIRST_NAME_LEAF = (int)0x80000002, NAME_LEAVES = 3 };
    for (unsigned i = 0; i < NAME_LEAVES; i++) {
        struct cpuid part = cpuid((uint32_t)FIRST_NAME_LEAF + i);
        memcpy(name + i * sizeof part, &part, sizeof part);
    }
    const char *start = name;
    while (*start == ' ')
        start++;
    return *start != '\0' ? start : "unnamed CPU";
}

void cpu_halt(void)
{
    for (;;)
        __asm__ volatile("cli\n\thlt" ::: "memory");
}
