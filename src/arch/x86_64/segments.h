/* SPDX-License-Identifier: MIT */
#pragma once

/* Indices into the interrupt stack table, as a gate descriptor names them; 0 stays on the current stack. */
enum interrupt_stack {
    INTERRUPT_STACK_CURRENT,
    INTERRUPT_STACK_DOUBLE_FAULT,
    INTERRUPT_STACK_NMI,
    INTERRUPT_STACK_MACHINE_CHECK,
    INTERRUPT_STACK_DEBUG,
    INTERRUPT_STACK_DEVICE,
};

/* Loads the kernel's own segment descriptors and its task state segment with the interrupt stacks. Once, before the
 * interrupt descriptor table is loaded. */
void segments_init(void);
