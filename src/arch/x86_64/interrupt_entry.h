/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The seam between interrupt_entry.S and C: the saved registers, in the order in which the entry code pushes them,
 * and the names both sides share.
 */
#define TRAP_FRAME_RBP 80
#define TRAP_FRAME_RIP 136
#define VECTOR_COUNT 256
#define INTERRUPT_STUB_BYTES 16
#define IRQ_VECTOR_BASE 32

#ifndef __ASSEMBLER__

#include <tenorite/lib/compiler.h>

struct trap_frame {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
    uint64_t rdi, rsi, rbp, rdx, rcx, rbx, rax;
    uint64_t vector;
    uint64_t error_code; /* 0 where the CPU pushes none */
    uint64_t rip, cs, rflags, rsp, ss;
};
static_assert(offsetof(struct trap_frame, rbp) == TRAP_FRAME_RBP, "interrupt_entry.S");
static_assert(offsetof(struct trap_frame, rip) == TRAP_FRAME_RIP, "interrupt_entry.S");

/* VECTOR_COUNT entry points, INTERRUPT_STUB_BYTES apart; each ends in trap_dispatch(). */
extern const char interrupt_stubs[];

/* Called by the stubs, interrupts off, for every vector; what it changes in *frame is what the CPU returns to. */
void trap_dispatch(struct trap_frame *frame);

/* Set once CR4.SMAP is: the entry code then clears RFLAGS.AC, which the interrupted code may have set. */
extern bool interrupt_entry_uses_clac;

#endif
