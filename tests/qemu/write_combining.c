/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/cpu.h>
#include <tenorite/mm/kernel_memory.h>

#include "arch/x86_64/control_registers.h"
#include "kernel_test.h"

/*
 * Write combining as the CPU sees it: the entries, found by hand from CR3 on, and the page attribute table. Bits are
 * written out from the SDM, vol. 3A, Table 4-20 "Format of a Page-Table Entry that Maps a 4-KByte Page" and 12.12 "Page
 * Attribute Table (PAT)".
 */
enum { WRITE_COMBINING = 1, UNCACHEABLE = 0, ENTRY_PRESENT = 1 << 0, ENTRY_LARGE = 1 << 7 };
#define ADDRESS_BITS 0x000ffffffffff000
#define AFTER_RESET 0x0007040600070406

/* The display adapter of QEMU's PC. */
#define VIDEO_MEMORY 0xfd000000
#define VIDEO_BYTES 0x3000

static struct kernel_memory memory;
static uint64_t types_before, types_after;

static uint64_t leaf_entry(const volatile void *address)
{
    uint64_t at = (uint64_t)(uintptr_t)address, entry = cr3_read();
    for (int shift = 39; shift >= 12; shift -= 9) {
        const uint64_t *table =
            (const uint64_t *)(memory_layout()->physical_window.start.value + (entry & ADDRESS_BITS));
        entry = table[at >> shift & 511];
        if (!(entry & ENTRY_PRESENT) || (shift > 12 && entry & ENTRY_LARGE))
            return 0;
    }
    return entry;
}

/* PAT, PCD and PWT, bits 7, 4 and 3, number the entry of the page attribute table. */
static unsigned memory_type(uint64_t entry)
{
    unsigned number = (unsigned)((entry >> 7 & 1) << 2 | (entry >> 4 & 1) << 1 | (entry >> 3 & 1));
    return (unsigned)(msr_read(MSR_PAGE_ATTRIBUTE_TABLE) >> (8 * number) & 0xff);
}

static void only_entry_4_differs_from_a_reset(void)
{
    uint64_t types = msr_read(MSR_PAGE_ATTRIBUTE_TABLE);
    CHECK((types >> 32 & 0xff) == WRITE_COMBINING, "it is %#llx", (unsigned long long)types);
    CHECK(((types ^ AFTER_RESET) & ~(0xffull << 32)) == 0, "it is %#llx", (unsigned long long)types);
}

static void the_memory_types_are_there_with_the_address_space_and_not_before(void)
{
    CHECK(types_before == 0, "before: %#llx", (unsigned long long)types_before);
    CHECK(types_after == msr_read(MSR_PAGE_ATTRIBUTE_TABLE), "after: %#llx", (unsigned long long)types_after);
}

static void caches_are_on_again(void)
{
    CHECK((cr0_read() & (CR0_CACHE_DISABLE | CR0_NOT_WRITE_THROUGH)) == 0, "CR0 is %#llx",
          (unsigned long long)cr0_read());
}

static void device_memory_has_the_type_that_was_asked_for(void)
{
    static const struct {
        enum mmio_kind kind;
        unsigned type;
    } cases[] = {{MMIO_WRITE_COMBINING, WRITE_COMBINING}, {MMIO_UNCACHED, UNCACHEABLE}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct mmio_mapping mapping = mmio_map(&memory.mmio, phys_addr_new(VIDEO_MEMORY), VIDEO_BYTES, cases[i].kind);
        CHECK(mapping.error == MAP_OK, "%s", map_error_name(mapping.error));
        for (uint64_t offset = 0; offset < VIDEO_BYTES; offset += PAGE_4K_BYTES) {
            uint64_t entry = leaf_entry((const volatile char *)mapping.start + offset);
            CHECK((entry & ADDRESS_BITS) == VIDEO_MEMORY + offset, "entry %#llx", (unsigned long long)entry);
            CHECK(memory_type(entry) == cases[i].type, "entry %#llx", (unsigned long long)entry);
        }
    }
}

static void what_is_written_by_one_type_is_read_by_the_other(void)
{
    struct mmio_mapping combined =
        mmio_map(&memory.mmio, phys_addr_new(VIDEO_MEMORY), VIDEO_BYTES, MMIO_WRITE_COMBINING);
    struct mmio_mapping uncached = mmio_map(&memory.mmio, phys_addr_new(VIDEO_MEMORY), VIDEO_BYTES, MMIO_UNCACHED);
    volatile uint32_t *out = combined.start, *in = uncached.start;
    for (uint32_t i = 0; i < VIDEO_BYTES / sizeof *out; i++)
        out[i] = i * 0x01000193u;
    cpu_flush_writes();
    for (uint32_t i = 0; i < VIDEO_BYTES / sizeof *in; i++)
        CHECK(in[i] == i * 0x01000193u, "word %u is %#x", i, in[i]);
}

void kernel_main(const struct boot_info *boot_info)
{
    static const struct kernel_test tests[] = {
        KERNEL_TEST(only_entry_4_differs_from_a_reset),
        KERNEL_TEST(the_memory_types_are_there_with_the_address_space_and_not_before),
        KERNEL_TEST(caches_are_on_again),
        KERNEL_TEST(device_memory_has_the_type_that_was_asked_for),
        KERNEL_TEST(what_is_written_by_one_type_is_read_by_the_other),
    };
    msr_write(MSR_PAGE_ATTRIBUTE_TABLE, 0); /* as no firmware leaves it: all uncacheable */
    enum kernel_memory_error error = kernel_memory_build(&memory, boot_info);
    ASSERT(error == KERNEL_MEMORY_OK, "%s", kernel_memory_error_text(error));
    types_before = msr_read(MSR_PAGE_ATTRIBUTE_TABLE);
    kernel_memory_activate(&memory);
    types_after = msr_read(MSR_PAGE_ATTRIBUTE_TABLE);
    kernel_test_run(tests, COUNT_OF(tests));
}
