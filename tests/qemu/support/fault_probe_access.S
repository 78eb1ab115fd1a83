/* SPDX-License-Identifier: MIT */

/* void probe_load(uint64_t address)
 * void probe_store(uint64_t address, uint8_t byte)
 * void probe_jump(uint64_t address)                                                               (fault_probe.c)
 *
 * Each makes its access while nothing but the return address is on the stack: fault_probe.c returns from there. */
.section .text, "ax", @progbits
.globl probe_load
.type probe_load, @function
probe_load:
    movb (%rdi), %al
    ret
.size probe_load, . - probe_load

.globl probe_store
.type probe_store, @function
probe_store:
    movb %sil, (%rdi)
    ret
.size probe_store, . - probe_store

.globl probe_jump
.type probe_jump, @function
probe_jump:
    jmp *%rdi
.size probe_jump, . - probe_jump

.section .note.GNU-stack, "", @progbits
