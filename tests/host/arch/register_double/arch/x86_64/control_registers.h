/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/* Stands in for src/arch/x86_64/control_registers.h, by include path: registers that a test supplies. The numbers are
 * those of SDM vol. 3A, 2.5 "Control Registers", written down a second time. */
enum {
    CR0_WRITE_PROTECT = 0x00010000,
    CR0_NOT_WRITE_THROUGH = 0x20000000,
    CR0_CACHE_DISABLE = 0x40000000,
    CR4_PAGE_GLOBAL_ENABLE = 0x80,
    CR4_UMIP = 0x800,
    CR4_SMEP = 0x100000,
    CR4_SMAP = 0x200000,
    EFER_NO_EXECUTE_ENABLE = 0x800,
    MSR_PAGE_ATTRIBUTE_TABLE = 0x277,
    MSR_EFER = (int)0xc0000080,
};

uint64_t cr0_read(void);
void cr0_write(uint64_t value);
uint64_t cr3_read(void);
void cr3_write(uint64_t value);
uint64_t cr4_read(void);
void cr4_write(uint64_t value);
uint64_t msr_read(uint32_t number);
void msr_write(uint32_t number, uint64_t value);
