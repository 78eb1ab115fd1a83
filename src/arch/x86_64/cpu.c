/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/cpu.h>
#include <tenorite/arch/cpu_identity.h>
#include <tenorite/lib/panic.h>
#include <tenorite/lib/text.h>

#include "arch/x86_64/control_registers.h"
#include "arch/x86_64/cpuid.h"

static struct cpuid execute_cpuid(uint32_t leaf)
{
    struct cpuid answer;
    __asm__ volatile("cpuid"
                     : "=a"(answer.eax), "=b"(answer.ebx), "=c"(answer.ecx), "=d"(answer.edx)
                     : "a"(leaf), "c"(0));
    return answer;
}

/* Basic, hypervisor and extended leaves; the first of each kind says which is the last. */
struct cpuid cpuid(uint32_t leaf)
{
    uint32_t first_leaf = leaf & 0xc0000000;
    struct cpuid first = execute_cpuid(first_leaf);
    if (leaf == first_leaf)
        return first;
    return leaf <= first.eax ? execute_cpuid(leaf) : (struct cpuid){};
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

bool cpu_protection(size_t index, struct cpu_fact *protection)
{
    uint64_t cr4 = cr4_read();
    const struct cpu_fact protections[] = {
        {"wp", (cr0_read() & CR0_WRITE_PROTECT) != 0},
        {"nx", (msr_read((uint32_t)MSR_EFER) & EFER_NO_EXECUTE_ENABLE) != 0},
        {"smep", (cr4 & CR4_SMEP) != 0},
        {"smap", (cr4 & CR4_SMAP) != 0},
        {"umip", (cr4 & CR4_UMIP) != 0},
    };
    if (index >= COUNT_OF(protections))
        return false;
    *protection = protections[index];
    return true;
}

void cpu_interrupt(uint32_t cpu)
{
    panic("CPU %u cannot be interrupted: only the first CPU has been started", cpu);
}

void cpu_halt(void)
{
    for (;;)
        __asm__ volatile("cli\n\thlt" ::: "memory");
}
