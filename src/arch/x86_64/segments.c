/* SPDX-License-Identifier: MIT */
#include "arch/x86_64/segments.h"

#include <tenorite/lib/compiler.h>

#include "arch/x86_64/descriptor_table.h"
#include "arch/x86_64/layout.h"
#include "arch/x86_64/stacks.h"

/*
 * Flat segments, and the task state segment, whose one use in 64-bit mode is to hold stack pointers: the interrupt
 * stack table gives vectors that may strike at a bad moment a known good stack.
 *
 * References: SDM vol. 3A, 3.4.5 "Segment Descriptors", 8.2.3 "TSS Descriptor in 64-bit mode", 8.7 "Task Management in
 * 64-bit Mode".
 */
struct PACKED task_state_segment {
    uint32_t reserved_0;
    uint64_t privilege_stack[3];
    uint64_t reserved_1;
    uint64_t interrupt_stack[7]; /* [n - 1] is IST n */
    uint64_t reserved_2;
    uint16_t reserved_3;
    uint16_t io_map_base;
};
static_assert(sizeof(struct task_state_segment) == 0x68, "SDM vol. 3A, figure 8-11");

#define DESCRIPTOR_KERNEL_CODE 0x00af9b000000ffff
#define DESCRIPTOR_KERNEL_DATA 0x00cf93000000ffff
#define DESCRIPTOR_TASK_STATE_AVAILABLE ((uint64_t)0x89 << 40)

static struct task_state_segment task_state;
static uint64_t descriptors[5];

static void describe_task_state(uint64_t descriptor[2])
{
    uint64_t base = (uint64_t)(uintptr_t)&task_state;
    uint64_t limit = sizeof task_state - 1;
    descriptor[0] = limit | (base & 0xffffff) << 16 | DESCRIPTOR_TASK_STATE_AVAILABLE | (base >> 24 & 0xff) << 56;
    descriptor[1] = base >> 32;
}

static void fill_interrupt_stacks(void)
{
    const struct {
        enum interrupt_stack index;
        const char *top;
    } assignments[] = {
        {INTERRUPT_STACK_DOUBLE_FAULT, double_fault_stack_top},
        {INTERRUPT_STACK_NMI, nmi_stack_top},
        {INTERRUPT_STACK_MACHINE_CHECK, machine_check_stack_top},
        {INTERRUPT_STACK_DEBUG, debug_stack_top},
        {INTERRUPT_STACK_DEVICE, device_stack_top},
    };
    for (size_t i = 0; i < COUNT_OF(assignments); i++)
        task_state.interrupt_stack[assignments[i].index - 1] = (uint64_t)(uintptr_t)assignments[i].top;
}

static void load(void)
{
    struct descriptor_table_pointer pointer = {sizeof descriptors - 1, (uint64_t)(uintptr_t)descriptors};
    __asm__ volatile("lgdt %0\n\t"
                     "pushq %1\n\t"
                     "leaq 1f(%%rip), %%rax\n\t"
                     "pushq %%rax\n\t"
                     "lretq\n"
                     "1:\tmovw %2, %%ds\n\t"
                     "movw %2, %%es\n\t"
                     "movw %2, %%ss\n\t"
                     "ltr %3"
                     :
                     : "m"(pointer), "i"(KERNEL_CODE_SELECTOR), "r"((uint16_t)KERNEL_DATA_SELECTOR),
                       "r"((uint16_t)TASK_STATE_SELECTOR)
                     : "rax", "memory");
}

void segments_init(void)
{
    task_state.io_map_base = sizeof task_state;
    fill_interrupt_stacks();
    descriptors[KERNEL_CODE_SELECTOR / 8] = DESCRIPTOR_KERNEL_CODE;
    descriptors[KERNEL_DATA_SELECTOR / 8] = DESCRIPTOR_KERNEL_DATA;
    describe_task_state(&descriptors[TASK_STATE_SELECTOR / 8]);
    load();
}
