/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/paging.h>
#include <tenorite/lib/panic.h>
#include <tenorite/lib/printk.h>

#include "arch/x86_64/acpi/acpi.h"
#include "arch/x86_64/boot/multiboot2.h"
#include "arch/x86_64/boot/pvh.h"
#include "arch/x86_64/layout.h"
#include "arch/x86_64/local_apic.h"
#include "arch/x86_64/pic.h"
#include "arch/x86_64/segments.h"
#include "arch/x86_64/stacks.h"
#include "arch/x86_64/traps.h"

/*
 * The first C code: from here on every exception is reported, and nothing below the kernel half is mapped.
 */

/* Called by boot/entry.S. */
NO_RETURN void arch_start(uint32_t loader_magic, uint32_t information);

/* Boot page tables of boot/entry.S, at their physical addresses. */
extern char boot_root_table[], boot_image_tables[];

static_assert((int)BOOT_FAILURE_EXIT_CODE == (int)PANIC_EXIT_CODE, "entry.S ends like a panic");

static struct boot_info boot_info;

static uint64_t *boot_table(const char *physical)
{
    return (uint64_t *)(PHYSICAL_WINDOW_BASE + (uint64_t)(uintptr_t)physical);
}

/* Drops the identity mapping the entry code ran on, page 0 with it, and the guard page of every stack. */
static void protect_boot_tables(void)
{
    boot_table(boot_root_table)[0] = 0;
    for (size_t i = 0; i < STACK_COUNT; i++)
        boot_table(boot_image_tables)[((uint64_t)(uintptr_t)stacks[i].guard - KERNEL_BASE) / PAGE_BYTES] = 0;
    tlb_flush_all();
}

/* What the boot page tables show. */
static const struct physical_view memory = {
    .bytes = (const uint8_t *)PHYSICAL_WINDOW_BASE,
    .length = (uint64_t)BOOT_WINDOW_GIB << 30,
};

static void read_boot_info(uint32_t loader_magic, uint32_t information)
{
    if (loader_magic == MULTIBOOT2_ENTRY_MAGIC) {
        enum multiboot2_error error = multiboot2_parse(&memory, information, &boot_info);
        if (error != MULTIBOOT2_OK)
            panic("bad Multiboot2 boot information at %#x: %s", information, multiboot2_error_text(error));
    } else {
        enum pvh_error error = pvh_parse(&memory, information, &boot_info);
        if (error != PVH_OK)
            panic("bad PVH start info at %#x: %s", information, pvh_error_text(error));
    }
}

static void wire_interrupts(void)
{
    if (local_apic_init((volatile uint8_t *)PHYSICAL_WINDOW_BASE, memory.length) == LOCAL_APIC_OUT_OF_REACH)
        log_warning("irq", "the local APIC lies beyond 4 GiB: interrupts arrive only if firmware has set it up");
}

void arch_start(uint32_t loader_magic, uint32_t information)
{
    segments_init();
    traps_init();
    kernel_early_init();
    protect_boot_tables();
    pic_init();
    wire_interrupts();
    read_boot_info(loader_magic, information);
    acpi_init(&memory, &boot_info);
    kernel_main(&boot_info);
}
