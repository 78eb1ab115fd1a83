/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/boot_info.h>
#include <tenorite/mm/address_space.h>
#include <tenorite/mm/frames.h>
#include <tenorite/mm/heap.h>
#include <tenorite/mm/mmio.h>

/* All of the kernel's memory, from the frames up. Its parts point to each other: it must not move. */
struct kernel_memory {
    struct frames frames;
    struct address_space space;
    struct heap heap;
    struct mmio mmio;
};

enum NODISCARD kernel_memory_error {
    KERNEL_MEMORY_OK,
    KERNEL_MEMORY_NO_USABLE_REGION, /* the boot loader reported no memory that is free */
    KERNEL_MEMORY_TOO_FRAGMENTED,   /* the reported regions make more ranges than fit */
    KERNEL_MEMORY_NO_ROOM,          /* too little memory for the allocator's own bookkeeping or the page tables */
    KERNEL_MEMORY_BEYOND_WINDOW,    /* memory ends beyond the window onto it */
    KERNEL_MEMORY_NOT_MAPPED,       /* the address space cannot be built; the log names the enum map_error */
};

/*
 * Brings memory up, in two steps. Early boot, once, on the boot page tables, which stay in use on an error; *memory means
 * nothing then.
 *
 * kernel_memory_build() finds the usable RAM that neither the image, nor the boot loader's information, nor a module
 * occupies; hands it to the frame allocator; builds the kernel's own address space, in which no page is both writable
 * and executable; and prepares an empty heap and the range for device memory. It does not switch: device memory can be
 * mapped now and is visible from the switch on; the heap has to wait for it.
 *
 * kernel_memory_activate() switches to that address space: what the boot tables show besides it is gone. For the first
 * CPU.
 *
 * kernel_memory_init() is both, for kernels that map nothing in between.
 */
enum kernel_memory_error kernel_memory_build(struct kernel_memory *memory, const struct boot_info *boot_info);
void kernel_memory_activate(struct kernel_memory *memory);
enum kernel_memory_error kernel_memory_init(struct kernel_memory *memory, const struct boot_info *boot_info);

/* What went wrong, as one line. */
const char *kernel_memory_error_text(enum kernel_memory_error error);
