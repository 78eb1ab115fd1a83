/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/address.h>

/* Where things live in the kernel half of every address space. The map is drawn in src/arch/<target>/layout.h. */
struct virtual_range {
    virt_addr start;
    uint64_t length_bytes;
};

struct memory_layout {
    struct virtual_range physical_window; /* address p is at start + p; once remapped, RAM and few registers */
    uint64_t boot_window_bytes;           /* how much of it, from its start, the boot tables show: RAM or not */
    struct virtual_range heap;            /* reserved for the heap to grow into */
    struct virtual_range mmio;            /* device memory */
    struct virtual_range text_screen;     /* VGA text memory, visible from the first moment to the last: for panics */
};
const struct memory_layout *memory_layout(void);

/* A part of the kernel's image with one set of permissions, the text screen, or a page of device registers that power_off()
 * and power_reboot() need; page aligned. Guard pages belong to no segment. */
struct image_segment {
    const char *name;
    virt_addr start;
    virt_addr end; /* exclusive */
    phys_addr physical_start;
    bool is_writable;
    bool is_executable;
    bool is_device; /* not cached */
};

/* What every address space shows besides RAM: device registers, the text screen, and the segments of the running image, in
 * ascending order; `*count` is set to their number. */
const struct image_segment *image_segments(size_t *count);

/* All physical memory that the image occupies, page aligned, guard pages included. */
phys_addr image_physical_start(void);
phys_addr image_physical_end(void);
