/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Where things live, shared by the linker script, the entry code and C.
 *
 *   0000'0000'0000'0000  ┬ lower half: empty (user space later); page 0 is never mapped
 *   0000'8000'0000'0000  ┴
 *   ffff'8000'0000'0000  ┬ window onto physical memory: physical address p is at base + p
 *                        │   (boot tables: the first 4 GiB; the kernel's own tables: RAM, and the registers
 *                        │   of device_pages.h)
 *   ffff'c000'0000'0000  ┼ heap, grows upward by mapping
 *   ffff'd000'0000'0000  ┼ device memory (mmio_map)
 *   ffff'ffff'8000'0000  ┼ the kernel's image, from physical 1 MiB: text, rodata, data, stacks with guard pages
 *   ffff'ffff'ffff'ffff  ┴
 */
#define PHYSICAL_WINDOW_BASE 0xffff800000000000
#define PHYSICAL_WINDOW_BYTES 0x400000000000
#define HEAP_BASE 0xffffc00000000000
#define HEAP_BYTES 0x10000000000
#define MMIO_BASE 0xffffd00000000000
#define MMIO_BYTES 0x10000000000
#define KERNEL_BASE 0xffffffff80000000

/* Physical address where the boot code, and after it the image, is loaded. */
#define KERNEL_PHYSICAL_START 0x100000

/* The boot tables map this much physical memory at KERNEL_BASE, in 4 KiB pages: the image must end below it. */
#define BOOT_IMAGE_TABLES 4
#define BOOT_IMAGE_BYTES (BOOT_IMAGE_TABLES * 0x200000)

/* The boot tables map this many GiB of physical memory at PHYSICAL_WINDOW_BASE. */
#define BOOT_WINDOW_GIB 4

#define PAGE_BYTES 4096
#define MAIN_STACK_BYTES 65536
#define EXCEPTION_STACK_BYTES 16384

/* VGA text memory. The boot tables show it at KERNEL_BASE + its address, and so do the kernel's own. */
#define TEXT_SCREEN_PHYSICAL 0xb8000
#define TEXT_SCREEN_BYTES PAGE_BYTES

/* QEMU's isa-debug-exit device, and what the entry code writes there when it cannot go on (PANIC_EXIT_CODE). */
#define DEBUG_EXIT_PORT 0xf4
#define BOOT_FAILURE_EXIT_CODE 101

/* Selectors of the segment descriptors in segments.c. */
#define KERNEL_CODE_SELECTOR 0x08
#define KERNEL_DATA_SELECTOR 0x10
#define TASK_STATE_SELECTOR 0x18

/* What loaders leave in registers: Multiboot2 specification 2.0, 3.3 "I386 machine state"; Xen, "x86/HVM direct boot
 * ABI" (PVH), struct hvm_start_info. */
#define MULTIBOOT2_ENTRY_MAGIC 0x36d76289
#define PVH_START_INFO_MAGIC 0x336ec578
