/* SPDX-License-Identifier: MIT */
#include "arch/x86_64/layout.h"

/* The kernel's stacks. Each stands on a guard page that is never mapped once arch_start() (start.c) has begun:
 * running off the end is a page fault, not a silent overwrite. Above each is the next one's guard page, and one more above
 * the last. Listed for C in stacks.c. */
.macro STACK name, bytes
    .balign PAGE_BYTES
    .globl \name\()_guard, \name\()_bottom, \name\()_top
    .type \name\()_guard, @object
\name\()_guard:
    .skip PAGE_BYTES
    .type \name\()_bottom, @object
\name\()_bottom:
    .skip \bytes
\name\()_top:
.endm

.section .stacks, "aw", @nobits
STACK main_stack, MAIN_STACK_BYTES
STACK double_fault_stack, EXCEPTION_STACK_BYTES
STACK nmi_stack, EXCEPTION_STACK_BYTES
STACK machine_check_stack, EXCEPTION_STACK_BYTES
STACK debug_stack, EXCEPTION_STACK_BYTES
STACK device_stack, EXCEPTION_STACK_BYTES
    .skip PAGE_BYTES    /* the guard page above the last */

.section .note.GNU-stack, "", @progbits
