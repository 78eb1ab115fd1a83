/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

struct cpuid {
    uint32_t eax, ebx, ecx, edx;
};

/* The answer to CPUID for `leaf`, subleaf 0; all zero where the CPU does not know the leaf (SDM vol. 2A, CPUID). Leaves
 * 0x40000000 and on mean nothing unless a hypervisor shows itself in leaf 1. */
struct cpuid cpuid(uint32_t leaf);
