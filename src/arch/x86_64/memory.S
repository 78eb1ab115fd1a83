/* SPDX-License-Identifier: MIT */

/*
 * memcpy, memmove, memset, memcmp (text.h): compilers emit calls to them. Whole quadwords by `rep`, the rest by bytes:
 * short code that is fast on CPUs with fast string operations and never touches vector registers.
 */

.section .text, "ax", @progbits

.globl memcpy
.type memcpy, @function
memcpy:
    movq %rdi, %rax
    movq %rdx, %rcx
    shrq $3, %rcx
    rep movsq
    movl %edx, %ecx
    andl $7, %ecx
    rep movsb
    ret
.size memcpy, . - memcpy

.globl memmove
.type memmove, @function
memmove:
    movq %rdi, %rax
    subq %rsi, %rax
    cmpq %rdx, %rax         /* unsigned: to - from >= count means that a forward copy is safe */
    jae memcpy
    movq %rdi, %rax
    movq %rdx, %rcx
    leaq -1(%rdi, %rdx), %rdi
    leaq -1(%rsi, %rdx), %rsi
    std
    rep movsb
    cld
    ret
.size memmove, . - memmove

.globl memset
.type memset, @function
memset:
    movq %rdi, %r8
    movzbl %sil, %eax
    movabsq $0x0101010101010101, %rcx
    imulq %rcx, %rax
    movq %rdx, %rcx
    shrq $3, %rcx
    rep stosq
    movl %edx, %ecx
    andl $7, %ecx
    rep stosb
    movq %r8, %rax
    ret
.size memset, . - memset

.globl memcmp
.type memcmp, @function
memcmp:
    movq %rdx, %rcx
    xorl %eax, %eax
    cmpq %rcx, %rcx         /* equal, should the count be zero */
    repe cmpsb
    je 1f
    movzbl -1(%rdi), %eax
    movzbl -1(%rsi), %ecx
    subl %ecx, %eax
1:  ret
.size memcmp, . - memcmp

.section .note.GNU-stack, "", @progbits
