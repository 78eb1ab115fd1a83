/* SPDX-License-Identifier: MIT */
#include <tenorite/mm/flush.h>

/* The pages lie in one half of the address space, as the mapper's ranges do: no address on the way wraps. */
void flush_pages(virt_addr page, uint64_t count)
{
    if (count > FLUSH_PAGES_ONE_BY_ONE) {
        tlb_flush_all();
        return;
    }
    for (uint64_t i = 0; i < count; i++)
        tlb_flush_page((virt_addr){page.value + i * PAGE_4K_BYTES});
}
