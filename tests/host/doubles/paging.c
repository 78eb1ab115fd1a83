/* SPDX-License-Identifier: MIT */
#include "paging_double.h"

struct paging_double paging_double;

void paging_double_reset(void)
{
    paging_double = (struct paging_double){
        .features = {.has_no_execute = true, .has_1g_pages = true, .physical_bits = 46},
    };
}

void paging_double_flush_page(virt_addr address)
{
    paging_double.page_flush_count++;
    paging_double.last_flushed_page = address;
    if (paging_double.on_page_flush != NULL)
        paging_double.on_page_flush(address);
}

void tlb_flush_all(void)
{
    paging_double.full_flush_count++;
    if (paging_double.on_full_flush != NULL)
        paging_double.on_full_flush();
}

phys_addr paging_root_read(void)
{
    return paging_double.root;
}

void paging_root_write(phys_addr root, struct unsafe_token unsafe)
{
    (void)unsafe;
    paging_double.root = root;
    paging_double.root_write_count++;
}

struct paging_features paging_features(void)
{
    return paging_double.features;
}

void paging_set_memory_types(void)
{
    paging_double.memory_types_set_before_root_write = paging_double.root_write_count == 0;
}

void paging_harden(void)
{
}

const struct memory_layout *memory_layout(void)
{
    return &paging_double.layout;
}

const struct image_segment *image_segments(size_t *count)
{
    *count = paging_double.segment_count;
    return paging_double.segments;
}

phys_addr image_physical_start(void)
{
    return paging_double.image_start;
}

phys_addr image_physical_end(void)
{
    return paging_double.image_end;
}
