/* SPDX-License-Identifier: MIT */
#include "arch/x86_64/interrupt_entry.h"

/*
 * Entry and exit of every interrupt and exception, and the idle wait.
 *
 * 256 stubs bring all vectors to one form: error code (0 where the CPU pushes none), vector, then the registers of
 * struct trap_frame. C sees a frame record with the interrupted RIP and RBP, so that backtraces cross interrupts.
 *
 * One exit serves all vectors. `sti` in cpu_idle holds interrupts off until `hlt` has begun, but an NMI, a machine
 * check or a debugger's step in that place ends the shadow, and the interrupt that follows would be slept through; and
 * what an NMI handler leaves between the last look and the `hlt` would be, too. So the exit ends the wait whenever the
 * CPU would return to it before the `hlt` has been executed.
 */

/* Vectors with an error code: SDM vol. 3A, table 6-1 "Protected-Mode Exceptions and Interrupts": 8, 10-14, 17, 21; and
 * 29, 30 of the AMD APM vol. 2, 8.2 "Vectors". Bit n stands for vector n. */
.set VECTORS_WITH_ERROR_CODE, 0x60227d00

.section .text, "ax", @progbits
.balign INTERRUPT_STUB_BYTES
.globl interrupt_stubs
.type interrupt_stubs, @object
interrupt_stubs:
.set vector, 0
.rept VECTOR_COUNT
    .balign INTERRUPT_STUB_BYTES
    .set pushes_error_code, 0
    .if vector < 32
    .set pushes_error_code, (VECTORS_WITH_ERROR_CODE >> vector) & 1
    .endif
    .if !pushes_error_code
    pushq $0
    .endif
    pushq $vector
    jmp interrupt_common
    .set vector, vector + 1
.endr
.size interrupt_stubs, . - interrupt_stubs

.type interrupt_common, @function
interrupt_common:
    pushq %rax
    pushq %rbx
    pushq %rcx
    pushq %rdx
    pushq %rbp
    pushq %rsi
    pushq %rdi
    pushq %r8
    pushq %r9
    pushq %r10
    pushq %r11
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    cld
    cmpb $0, interrupt_entry_uses_clac(%rip)
    je 1f
    clac
1:  movq %rsp, %rbx                     /* callee-saved: survives the call */
    pushq TRAP_FRAME_RIP(%rbx)
    pushq TRAP_FRAME_RBP(%rbx)
    movq %rsp, %rbp
    andq $-16, %rsp
    movq %rbx, %rdi
    call trap_dispatch
    movq %rbx, %rsp
    movq TRAP_FRAME_RIP(%rsp), %rax
    subq $cpu_idle_while_null, %rax
    cmpq $(idle_halt - cpu_idle_while_null), %rax
    ja 2f
    movq $idle_end, TRAP_FRAME_RIP(%rsp)
2:  popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %r11
    popq %r10
    popq %r9
    popq %r8
    popq %rdi
    popq %rsi
    popq %rbp
    popq %rdx
    popq %rcx
    popq %rbx
    popq %rax
    addq $16, %rsp                      /* vector and error code */
    iretq
.size interrupt_common, . - interrupt_common

/* void cpu_idle_while_null(const void *pointer); void cpu_idle(void)             (include/tenorite/arch/cpu.h) */
.globl cpu_idle_while_null
.type cpu_idle_while_null, @function
.globl cpu_idle
.type cpu_idle, @function
cpu_idle_while_null:
    cmpq $0, (%rdi)
    jne idle_end
cpu_idle:
    sti
idle_halt:
    hlt
idle_end:
    sti                                 /* not on yet where the wait was ended early */
    ret
.size cpu_idle, . - cpu_idle
.size cpu_idle_while_null, . - cpu_idle_while_null

.section .data, "aw", @progbits
.globl interrupt_entry_uses_clac
.type interrupt_entry_uses_clac, @object
interrupt_entry_uses_clac:
    .byte 0
.size interrupt_entry_uses_clac, . - interrupt_entry_uses_clac

.section .note.GNU-stack, "", @progbits
