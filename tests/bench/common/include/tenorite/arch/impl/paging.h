/* SPDX-License-Identifier: MIT */
#pragma once

/* The host has no page tables of ours to forget, and invlpg needs ring 0: the order of memory accesses is all that is
 * left. The guest's instruction counts have the real one. */
ALWAYS_INLINE void tlb_flush_page(virt_addr address)
{
    (void)address;
    __asm__ volatile("" ::: "memory");
}
