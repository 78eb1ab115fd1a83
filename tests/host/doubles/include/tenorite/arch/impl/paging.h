/* SPDX-License-Identifier: MIT */
#pragma once

/* Recorded by tests/host/doubles/paging.c. */
void paging_double_flush_page(virt_addr address);

ALWAYS_INLINE void tlb_flush_page(virt_addr address)
{
    paging_double_flush_page(address);
}
