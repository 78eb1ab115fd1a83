/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/lib/panic.h>
#include <tenorite/mm/kernel_memory.h>
#include <tenorite/mm/mapped_ranges.h>

#include "fault_probe.h"
#include "kernel_test.h"

/* Address spaces against the CPU: each shows its own lower half, and all of them one kernel half. */
#define TEST_PAGE 0x400000

static struct kernel_memory memory;
static const page_flags data_flags = {PAGE_FLAG_PRESENT | PAGE_FLAG_WRITABLE | PAGE_FLAG_NO_EXECUTE};

static void expect_ok(enum map_error error)
{
    CHECK(error == MAP_OK, "%s", map_error_name(error));
}

static frame_4k take_frame(uint64_t content)
{
    struct frame_allocation_4k allocation = frames_alloc_4k(&memory.frames);
    ASSERT(allocation.is_valid, "no frame is free");
    *(volatile uint64_t *)(memory_layout()->physical_window.start.value + allocation.frame.start.value) = content;
    return allocation.frame;
}

/* A space that shows a frame with `content` at TEST_PAGE. */
static void create_with_page(struct address_space *space, uint64_t content)
{
    expect_ok(address_space_create(space, &memory.space));
    page_4k page = page_4k_at(virt_addr_new(TEST_PAGE));
    expect_ok(ignore(map_to(&space->mapper, page, take_frame(content), data_flags)));
}

static void end_with_page(struct address_space *space)
{
    struct unmapped_4k unmapped = flush(unmap(&space->mapper, page_4k_at(virt_addr_new(TEST_PAGE))));
    expect_ok(unmapped.error);
    frames_free_4k(&memory.frames, unmapped.frame);
    expect_ok(address_space_destroy(space).error);
}

static uint64_t free_frames(void)
{
    return frames_statistics(&memory.frames).free_count;
}

static void each_space_shows_its_own_page_at_the_same_address(void)
{
    static struct address_space first, second;
    uint64_t before = free_frames();
    create_with_page(&first, 0x1111);
    create_with_page(&second, 0x2222);
    CHECK(before - free_frames() == 2 * 5, "%llu frames for two spaces: page, 3 tables, root",
          (unsigned long long)(before - free_frames()));
    for (uint64_t round = 0; round < 10; round++) {
        volatile uint64_t *shown = (volatile uint64_t *)TEST_PAGE;
        address_space_activate(&first);
        CHECK(address_space_is_active(&first) && !address_space_is_active(&second), "CR3");
        CHECK(*shown == 0x1111 + round, "%#llx", (unsigned long long)*shown);
        *shown += 1;
        address_space_activate(&second);
        CHECK(*shown == 0x2222 + round, "%#llx", (unsigned long long)*shown);
        *shown += 1;
    }
    address_space_activate(&memory.space);
    struct fault fault = probe_read(TEST_PAGE);
    CHECK(fault.has_struck && fault.error_code == 0 && fault.address == TEST_PAGE, "error code %#llx, CR2 %#llx",
          (unsigned long long)fault.error_code, (unsigned long long)fault.address);
    end_with_page(&first);
    end_with_page(&second);
    CHECK(free_frames() == before, "%lld frames are lost", (long long)(before - free_frames()));
}

/* More than the heap has mapped so far, so that it maps; and device memory. */
static void what_the_kernel_maps_in_one_space_is_shown_by_all(void)
{
    enum { BLOCK_BYTES = 3 << 20 };
    static struct address_space space;
    expect_ok(address_space_create(&space, &memory.space));
    address_space_activate(&space);
    uint8_t *block = heap_alloc(&memory.heap, BLOCK_BYTES);
    ASSERT(block, "no memory");
    block[0] = 1;
    block[BLOCK_BYTES - 1] = 2;
    struct mmio_mapping device = mmio_map(&memory.mmio, phys_addr_new(0xfee00000), 0x400, MMIO_UNCACHED);
    expect_ok(device.error);
    uint32_t version = *(volatile uint32_t *)((volatile char *)device.start + 0x30);
    address_space_activate(&memory.space);
    CHECK(block[0] == 1 && block[BLOCK_BYTES - 1] == 2, "%u %u", block[0], block[BLOCK_BYTES - 1]);
    uint32_t again = *(volatile uint32_t *)((volatile char *)device.start + 0x30);
    CHECK(version == again && version != 0, "%#x and %#x", version, again);
    heap_free(&memory.heap, block);
    expect_ok(flush(clean_up_all(&memory.space.mapper, KERNEL_TABLES_SHARED)));
    block = heap_alloc(&memory.heap, 2 * BLOCK_BYTES);
    ASSERT(block, "no memory after cleaning up");
    block[2 * BLOCK_BYTES - 1] = 3;
    address_space_activate(&space);
    CHECK(block[2 * BLOCK_BYTES - 1] == 3, "%u", block[2 * BLOCK_BYTES - 1]);
    heap_free(&memory.heap, block);
    CHECK(heap_check(&memory.heap) == NULL, "%s", heap_check(&memory.heap));
    address_space_activate(&memory.space);
    expect_ok(address_space_destroy(&space).error);
}

static void a_space_with_a_page_left_does_not_end(void)
{
    static struct address_space space;
    uint64_t before = free_frames();
    create_with_page(&space, 0);
    struct address_space_end end = address_space_destroy(&space);
    CHECK(end.error == MAP_ALREADY_MAPPED && end.address.value == TEST_PAGE, "%s at %#llx", map_error_name(end.error),
          (unsigned long long)end.address.value);
    end_with_page(&space);
    CHECK(free_frames() == before, "%lld frames are lost", (long long)(before - free_frames()));
}

/* The kernel half as the kernel's own space has it, range by range. */
static void a_new_space_shows_the_kernel_half_and_nothing_else(void)
{
    static struct address_space space;
    struct mapped_range own, shared;
    expect_ok(address_space_create(&space, &memory.space));
    struct mapped_ranges at = mapped_ranges(&memory.space.mapper), at_shared = mapped_ranges(&space.mapper);
    while (mapped_ranges_next(&at, &own)) {
        CHECK(mapped_ranges_next(&at_shared, &shared), "nothing is like %#llx", (unsigned long long)own.start.value);
        CHECK(own.start.value == shared.start.value && own.length_bytes == shared.length_bytes &&
                  own.physical_start.value == shared.physical_start.value,
              "%#llx instead of %#llx", (unsigned long long)shared.start.value, (unsigned long long)own.start.value);
    }
    CHECK(!mapped_ranges_next(&at_shared, &shared), "%#llx", (unsigned long long)shared.start.value);
    CHECK(address_space_is_w_xor_x(&space), "a page is writable and executable");
    expect_ok(address_space_destroy(&space).error);
}

void kernel_main(const struct boot_info *boot_info)
{
    static const struct kernel_test tests[] = {
        KERNEL_TEST(each_space_shows_its_own_page_at_the_same_address),
        KERNEL_TEST(what_the_kernel_maps_in_one_space_is_shown_by_all),
        KERNEL_TEST(a_space_with_a_page_left_does_not_end),
        KERNEL_TEST(a_new_space_shows_the_kernel_half_and_nothing_else),
    };
    enum kernel_memory_error error = kernel_memory_init(&memory, boot_info);
    ASSERT(error == KERNEL_MEMORY_OK, "%s", kernel_memory_error_text(error));
    kernel_test_run(tests, COUNT_OF(tests));
}
