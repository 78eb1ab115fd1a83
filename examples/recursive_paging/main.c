/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/lib/panic.h>
#include <tenorite/lib/text.h>
#include <tenorite/mm/kernel_memory.h>

#include "kernel_test.h"
#include "recursive_tables.h"

/* Page tables through themselves, and the same tables through the mapper: both have to agree. */
#define TEST_PAGE 0x5555deadb000
#define WRITABLE_DATA (2ull | 1ull << 63)

static struct kernel_memory memory;

static void *window_onto(phys_addr address)
{
    return (char *)virt_addr_to_pointer(memory_layout()->physical_window.start) + address.value;
}

static phys_addr take_frame(void)
{
    struct frame_allocation_4k allocation = frames_alloc_4k(&memory.frames);
    ASSERT(allocation.is_valid, "no frame is free");
    memset(window_onto(allocation.frame.start), 0, PAGE_4K_BYTES);
    return allocation.frame.start;
}

/* The one write that cannot be made through the tables themselves. */
static void link_root_to_itself(void)
{
    phys_addr root = paging_root_read();
    ((volatile uint64_t *)window_onto(root))[RECURSIVE_SLOT] = recursive_link(root);
}

static void expect_agreement(uint64_t address)
{
    struct recursive_translation here = recursive_translate(virt_addr_new(address));
    struct translation there = translate(&memory.space.mapper, virt_addr_new(address));
    CHECK(here.is_mapped == (there.error == MAP_OK), "%#llx: %s", (unsigned long long)address,
          map_error_name((enum map_error)there.error));
    if (here.is_mapped && there.error == MAP_OK)
        CHECK(here.address.value == translation_address(there).value, "%#llx: %#llx and %#llx",
              (unsigned long long)address, (unsigned long long)here.address.value,
              (unsigned long long)translation_address(there).value);
}

/* As the table at the top of recursive_tables.c says it, by hand. */
static void entries_are_where_the_indices_say(void)
{
    const virt_addr address = virt_addr_new(5ull << 39 | 6ull << 30 | 7ull << 21 | 8ull << 12 | 9);
    const uint64_t slot = RECURSIVE_SLOT, sign = 0xffff000000000000;
    const uint64_t expected[] = {
        sign | slot << 39 | 5ull << 30 | 6ull << 21 | 7ull << 12 | 8 * 8,
        sign | slot << 39 | slot << 30 | 5ull << 21 | 6ull << 12 | 7 * 8,
        sign | slot << 39 | slot << 30 | slot << 21 | 5ull << 12 | 6 * 8,
        sign | slot << 39 | slot << 30 | slot << 21 | slot << 12 | 5 * 8,
    };
    for (int level = 1; level <= 4; level++)
        CHECK((uint64_t)(uintptr_t)recursive_entry(address, level) == expected[level - 1], "level %d: %p", level,
              (void *)(uintptr_t)recursive_entry(address, level));
}

static void the_root_shows_itself(void)
{
    const uint64_t *root = window_onto(paging_root_read());
    for (uint64_t i = 0; i < 512; i++) {
        virt_addr address = virt_addr_new((i < 256 ? 0 : 0xffff000000000000) | i << 39);
        CHECK(*recursive_entry(address, 4) == root[i], "entry %llu", (unsigned long long)i);
    }
}

/* Segments of the image in small pages, RAM in large ones, the heap, and what is not mapped. */
static void it_translates_as_the_mapper_does(void)
{
    uint8_t *block = heap_alloc(&memory.heap, 100000);
    size_t count;
    const struct image_segment *segments = image_segments(&count);
    for (size_t i = 0; i < count; i++) {
        expect_agreement(segments[i].start.value - 1);
        expect_agreement(segments[i].start.value + 0x123);
        expect_agreement(segments[i].end.value - 1);
    }
    for (uint64_t physical = 0; physical < 80ull << 20; physical += 0x1ff123)
        expect_agreement(memory_layout()->physical_window.start.value + physical);
    for (uint64_t offset = 0; offset < 200000; offset += 4000)
        expect_agreement((uint64_t)(uintptr_t)block + offset);
    expect_agreement(0);
    expect_agreement(TEST_PAGE);
    expect_agreement(memory_layout()->mmio.start.value);
    heap_free(&memory.heap, block);
}

static void a_page_is_mapped_written_and_unmapped(void)
{
    const virt_addr page = virt_addr_new(TEST_PAGE);
    phys_addr frame = take_frame();
    uint64_t before = frames_statistics(&memory.frames).free_count;
    CHECK(recursive_unmap(page) == RECURSIVE_NOT_MAPPED, "unmapped before");
    CHECK(recursive_map(page, frame, WRITABLE_DATA, take_frame) == RECURSIVE_OK, "not mapped");
    CHECK(before - frames_statistics(&memory.frames).free_count == 3, "three tables were missing");
    *(volatile uint64_t *)TEST_PAGE = 0xf021f077f065f04e;
    CHECK(*(volatile uint64_t *)window_onto(frame) == 0xf021f077f065f04e, "the window shows something else");
    expect_agreement(TEST_PAGE + 8);
    CHECK(recursive_map(page, frame, WRITABLE_DATA, take_frame) == RECURSIVE_MAPPED, "mapped twice");
    struct unmapped_4k unmapped = flush(unmap(&memory.space.mapper, page_4k_at(page)));
    CHECK(unmapped.error == MAP_OK && unmapped.frame.start.value == frame.value, "the mapper does not find it: %s",
          map_error_name(unmapped.error));
    CHECK(recursive_map(page, frame, WRITABLE_DATA, take_frame) == RECURSIVE_OK, "not mapped again");
    CHECK(before - frames_statistics(&memory.frames).free_count == 3, "the tables are there already");
    CHECK(recursive_unmap(page) == RECURSIVE_OK, "not unmapped");
    expect_agreement(TEST_PAGE);
    CHECK(!recursive_translate(page).is_mapped, "still mapped");
}

static void large_pages_are_left_alone(void)
{
    uint64_t window = memory_layout()->physical_window.start.value;
    virt_addr large = virt_addr_new(window + (32 << 20));
    CHECK(translate(&memory.space.mapper, large).size == PAGE_SIZE_2M, "the window has small pages");
    CHECK(recursive_map(large, take_frame(), WRITABLE_DATA, take_frame) == RECURSIVE_MAPPED, "mapped over it");
    CHECK(recursive_unmap(large) == RECURSIVE_NOT_MAPPED, "unmapped a part");
}

/* What README.md says of the price. */
static void tables_become_writable_pages_without_execute_protection_of_their_own(void)
{
    CHECK(!address_space_is_w_xor_x(&memory.space), "their leaves are links");
}

void kernel_main(const struct boot_info *boot_info)
{
    static const struct kernel_test tests[] = {
        KERNEL_TEST(entries_are_where_the_indices_say),
        KERNEL_TEST(the_root_shows_itself),
        KERNEL_TEST(it_translates_as_the_mapper_does),
        KERNEL_TEST(a_page_is_mapped_written_and_unmapped),
        KERNEL_TEST(large_pages_are_left_alone),
        KERNEL_TEST(tables_become_writable_pages_without_execute_protection_of_their_own),
    };
    enum kernel_memory_error error = kernel_memory_init(&memory, boot_info);
    ASSERT(error == KERNEL_MEMORY_OK, "%s", kernel_memory_error_text(error));
    ASSERT(address_space_is_w_xor_x(&memory.space), "before");
    link_root_to_itself();
    kernel_test_run(tests, COUNT_OF(tests));
}
