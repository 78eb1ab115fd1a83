/* SPDX-License-Identifier: MIT */
#pragma once

ALWAYS_INLINE void tlb_flush_page(virt_addr address)
{
    __asm__ volatile("invlpg (%0)" ::"r"(address.value) : "memory");
}
