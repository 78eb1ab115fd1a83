/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/memory_layout.h>
#include <tenorite/arch/paging.h>

/*
 * What arch/paging.h and arch/memory_layout.h are to a test: it records what the code under test does to the
 * translation cache and the root register, and says what the machine is like.
 */
struct paging_double {
    uint64_t page_flush_count;
    virt_addr last_flushed_page;
    void (*on_page_flush)(virt_addr address); /* NULL: nothing */
    uint64_t full_flush_count;
    void (*on_full_flush)(void); /* NULL: nothing */
    phys_addr root;
    unsigned root_write_count;
    bool memory_types_set_before_root_write;
    struct paging_features features;
    struct memory_layout layout;
    const struct image_segment *segments;
    size_t segment_count;
    phys_addr image_start, image_end;
};
extern struct paging_double paging_double;

/* Nothing recorded; a machine with execute protection, 1 GiB pages and 46 physical address bits, and no image. */
void paging_double_reset(void);
