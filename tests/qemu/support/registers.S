/* SPDX-License-Identifier: MIT */

/* void registers_across_breakpoint(const uint64_t before[15], uint64_t after[15])                     (registers.h)
 *
 * Loads the 15 general registers but RSP, executes int3, and stores them. */
.section .text, "ax", @progbits
.globl registers_across_breakpoint
.type registers_across_breakpoint, @function
registers_across_breakpoint:
    pushq %rbx
    pushq %rbp
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    pushq %rsi
    .set offset, 0
    .irp register, rax, rbx, rcx, rdx, rbp, rsi, r8, r9, r10, r11, r12, r13, r14, r15, rdi
    movq offset(%rdi), %\register       /* RDI last: it is the pointer */
    .set offset, offset + 8
    .endr
    int3
    xchgq %rdi, (%rsp)                  /* RDI: after; on the stack: what RDI was */
    .set offset, 0
    .irp register, rax, rbx, rcx, rdx, rbp, rsi, r8, r9, r10, r11, r12, r13, r14, r15
    movq %\register, offset(%rdi)
    .set offset, offset + 8
    .endr
    popq %rax
    movq %rax, offset(%rdi)
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbp
    popq %rbx
    ret
.size registers_across_breakpoint, . - registers_across_breakpoint

.section .note.GNU-stack, "", @progbits
