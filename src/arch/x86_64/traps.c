/* SPDX-License-Identifier: MIT */
#include "arch/x86_64/traps.h"

#include <tenorite/arch/cpu.h>
#include <tenorite/arch/interrupts.h>
#include <tenorite/arch/power.h>
#include <tenorite/lib/panic.h>
#include <tenorite/lib/printk.h>

#include "arch/x86_64/control_registers.h"
#include "arch/x86_64/cpuid.h"
#include "arch/x86_64/descriptor_table.h"
#include "arch/x86_64/layout.h"
#include "arch/x86_64/segments.h"

/*
 * The interrupt descriptor table, and who handles what: device interrupts go to irq.c, a breakpoint is reported and
 * passed, an NMI is counted, everything else ends in exception_report().
 *
 * All gates are interrupt gates: handlers run with IF = 0. What nests inside them are NMIs, machine checks, and
 * exceptions that they cause themselves. Gates name KERNEL_CODE_SELECTOR explicitly and are built after segments_init().
 *
 * References: SDM vol. 3A, 6.14 "Exception and Interrupt Handling in 64-bit Mode".
 */
enum { VECTOR_DEBUG = 1, VECTOR_NMI = 2, VECTOR_BREAKPOINT = 3, VECTOR_DOUBLE_FAULT = 8, VECTOR_MACHINE_CHECK = 18 };
enum { GATE_PRESENT_INTERRUPT = 0x8e };
enum { CPUID_1_EDX_MACHINE_CHECK = 1 << 7 };

struct PACKED gate {
    uint16_t offset_low;
    uint16_t selector;
    uint8_t interrupt_stack;
    uint8_t type;
    uint16_t offset_middle;
    uint32_t offset_high;
    uint32_t reserved;
};
static_assert(sizeof(struct gate) == 16, "SDM vol. 3A, figure 6-8");

static struct gate gates[VECTOR_COUNT] __attribute__((aligned(16)));
static uint64_t breakpoints, nmis;
static const struct trap_frame *interrupted; /* by the innermost handler */
unsigned interrupts_handler_depth;

static enum interrupt_stack stack_for(unsigned vector)
{
    if (vector == VECTOR_DOUBLE_FAULT)
        return INTERRUPT_STACK_DOUBLE_FAULT;
    if (vector == VECTOR_NMI)
        return INTERRUPT_STACK_NMI;
    if (vector == VECTOR_MACHINE_CHECK)
        return INTERRUPT_STACK_MACHINE_CHECK;
    if (vector == VECTOR_DEBUG)
        return INTERRUPT_STACK_DEBUG;
    return vector < IRQ_VECTOR_BASE ? INTERRUPT_STACK_CURRENT : INTERRUPT_STACK_DEVICE;
}

void traps_init(void)
{
    for (unsigned vector = 0; vector < VECTOR_COUNT; vector++) {
        uint64_t entry = (uint64_t)(uintptr_t)interrupt_stubs + (uint64_t)vector * INTERRUPT_STUB_BYTES;
        gates[vector] = (struct gate){
            .offset_low = (uint16_t)entry,
            .selector = KERNEL_CODE_SELECTOR,
            .interrupt_stack = (uint8_t)stack_for(vector),
            .type = GATE_PRESENT_INTERRUPT,
            .offset_middle = (uint16_t)(entry >> 16),
            .offset_high = (uint32_t)(entry >> 32),
        };
    }
    struct descriptor_table_pointer pointer = {sizeof gates - 1, (uint64_t)(uintptr_t)gates};
    __asm__ volatile("lidt %0" ::"m"(pointer) : "memory");
    if (cpuid(1).edx & CPUID_1_EDX_MACHINE_CHECK)
        cr4_write(cr4_read() | CR4_MACHINE_CHECK_ENABLE); /* without it a machine check shuts the CPU down */
}

void trap_dispatch(struct trap_frame *frame)
{
    const struct trap_frame *outer = interrupted;
    interrupted = frame;
    interrupts_handler_depth++;
    if (!irq_dispatch(frame->vector)) {
        if (frame->vector == VECTOR_BREAKPOINT) {
            breakpoints++;
            log_info("trap", "breakpoint at %#llx", (unsigned long long)frame->rip - 1);
        } else if (frame->vector == VECTOR_NMI) {
            nmis++;
        } else {
            exception_report(frame);
        }
    }
    interrupts_handler_depth--;
    interrupted = outer;
}

const struct trap_frame *trap_interrupted_frame(void)
{
    return interrupted;
}

uint64_t trap_breakpoint_count(void)
{
    return breakpoints;
}

uint64_t trap_nmi_count(void)
{
    return nmis;
}

void panic_freeze(void)
{
    interrupts_disable();
}

void panic_stop(void)
{
    power_exit(PANIC_EXIT_CODE);
}
