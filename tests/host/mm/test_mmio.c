/* SPDX-License-Identifier: MIT */
#include "memory_fixture.h"

#include <tenorite/mm/mmio.h>

enum { RANGE_BYTES = 16 * 4096 };
static const uint64_t range_start = 0xffffd00000000000;
static struct mmio mmio;

static int setup(void **state)
{
    fixture_setup(state);
    mmio_init(&mmio, &fixture_mapper, (struct virtual_range){{range_start}, RANGE_BYTES});
    return 0;
}

static struct mmio_mapping map(uint64_t physical, uint64_t length)
{
    return mmio_map(&mmio, phys_addr_new(physical), length, MMIO_UNCACHED);
}

static void expect_nothing_mapped(uint64_t start)
{
    for (uint64_t at = start; at < range_start + RANGE_BYTES; at += 4096)
        assert_int_equal(translate(&fixture_mapper, virt_addr_new(at)).error, MAP_NOT_MAPPED);
}

static void device_memory_is_uncached_and_not_executable(void **state)
{
    (void)state;
    struct mmio_mapping screen = map(0xb8000, 0x8000);
    assert_int_equal(screen.error, MAP_OK);
    assert_int_equal((uintptr_t)screen.start, range_start);
    for (uint64_t offset = 0; offset < 0x8000; offset += 4096) {
        struct translation found = translate(&fixture_mapper, virt_addr_new(range_start + offset));
        assert_int_equal(found.error, MAP_OK);
        assert_int_equal(translation_address(found).value, 0xb8000 + offset);
        assert_true(page_flags_are_equal(translation_flags(found),
                                         PAGE_FLAGS(PRESENT, WRITABLE, NO_EXECUTE, NO_CACHE, WRITE_THROUGH)));
    }
    expect_nothing_mapped(range_start + 0x8000);
}

static void write_combining_is_chosen_by_the_attribute_bit_alone(void **state)
{
    (void)state;
    struct mmio_mapping screen = mmio_map(&mmio, phys_addr_new(0xfd000000), 0x3000, MMIO_WRITE_COMBINING);
    assert_int_equal(screen.error, MAP_OK);
    for (uint64_t offset = 0; offset < 0x3000; offset += 4096)
        assert_int_equal(*fixture_entry(range_start + offset, 1), 0x80000000fd000083 + offset);
}

static void unaligned_devices_keep_their_offset(void **state)
{
    (void)state;
    struct mmio_mapping first = map(0xfee00ffc, 8);
    assert_int_equal(first.error, MAP_OK);
    assert_int_equal((uintptr_t)first.start, range_start + 0xffc);
    expect_nothing_mapped(range_start + 0x2000);
    struct mmio_mapping second = map(0xfec00010, 1);
    assert_int_equal((uintptr_t)second.start, range_start + 0x3010);
}

static void a_large_device_gets_large_pages(void **state)
{
    (void)state;
    struct mmio large;
    mmio_init(&large, &fixture_mapper, (struct virtual_range){{range_start}, 16 << 20});
    assert_int_equal((uintptr_t)mmio_map(&large, phys_addr_new(0xfee00000), 4096, MMIO_UNCACHED).start, range_start);
    struct mmio_mapping screen = mmio_map(&large, phys_addr_new(0xfd3ff000), 0x402000, MMIO_WRITE_COMBINING);
    uint64_t start = (uintptr_t)screen.start;
    assert_int_equal(screen.error, MAP_OK);
    assert_int_equal(start, range_start + 0x1ff000);
    assert_int_equal(*fixture_entry(start, 1), 0x80000000fd3ff083);
    assert_int_equal(*fixture_entry(start + 0x1000, 2), 0x80000000fd401083);
    assert_int_equal(*fixture_entry(start + 0x201000, 2), 0x80000000fd601083);
    assert_int_equal(*fixture_entry(start + 0x401000, 1), 0x80000000fd800083);
    assert_int_equal(translate(&fixture_mapper, virt_addr_new(start - 1)).error, MAP_NOT_MAPPED);
    assert_int_equal(translate(&fixture_mapper, virt_addr_new(start + 0x402000)).error, MAP_NOT_MAPPED);
    struct mmio_mapping next = mmio_map(&large, phys_addr_new(0xfec00000), 4096, MMIO_UNCACHED);
    assert_int_equal((uintptr_t)next.start, start + 0x403000);
}

static void a_large_device_that_just_fits_is_not_aligned(void **state)
{
    (void)state;
    struct mmio tight;
    mmio_init(&tight, &fixture_mapper, (struct virtual_range){{range_start}, 0x202000});
    assert_int_equal(mmio_map(&tight, phys_addr_new(0xfd001000), 0x202000, MMIO_UNCACHED).error, MAP_NO_ROOM);
    struct mmio_mapping device = mmio_map(&tight, phys_addr_new(0xfd001000), 0x201000, MMIO_UNCACHED);
    assert_int_equal(device.error, MAP_OK);
    assert_int_equal((uintptr_t)device.start, range_start);
    assert_int_equal(*fixture_entry(range_start + 0x200000, 1), 0x80000000fd20101b);
    assert_int_equal(translate(&fixture_mapper, virt_addr_new(range_start + 0x201000)).error, MAP_NOT_MAPPED);
}

static void bad_ranges_are_refused(void **state)
{
    (void)state;
    assert_int_equal(map(0xb8000, 0).error, MAP_BAD_RANGE);
    assert_int_equal(map(0xb8000, UINT64_MAX).error, MAP_BAD_RANGE);
    assert_int_equal(map((1ull << 46) - 4096, 4097).error, MAP_BAD_RANGE);
    assert_int_equal(map(1ull << 46, 1).error, MAP_BAD_RANGE);
    assert_int_equal(map(0xb8000, RANGE_BYTES).error, MAP_NO_ROOM);
    assert_null((const void *)(uintptr_t)map(0xb8000, RANGE_BYTES).start);
    expect_nothing_mapped(range_start);
    EXPECT_PANIC("no such kind of device memory: 7",
                 assert_int_equal(mmio_map(&mmio, phys_addr_new(0xb8000), 1, (enum mmio_kind)7).error, MAP_OK));
    assert_int_equal(map(0xb8000, RANGE_BYTES - 4096).error, MAP_OK);
    assert_int_equal(map(0xb8000, 1).error, MAP_NO_ROOM);
}

static void an_error_on_the_way_maps_nothing(void **state)
{
    (void)state;
    page_4k taken = page_4k_at(virt_addr_new(range_start + 0x3000));
    assert_int_equal(ignore(map_to(&fixture_mapper, taken, frame_4k_at(phys_addr_new(0x5000)), PAGE_FLAGS(PRESENT))),
                     MAP_OK);
    fixture_snapshot();
    assert_int_equal(map(0xb8000, 0x8000).error, MAP_ALREADY_MAPPED);
    fixture_expect_unchanged();
    assert_int_equal(translate(&fixture_mapper, virt_addr_new(range_start)).error, MAP_NOT_MAPPED);
    assert_int_equal((uintptr_t)map(0xb8000, 0x2000).start, range_start);
    setup(state);
    fixture_drain(2);
    fixture_snapshot();
    assert_int_equal(map(0xb8000, 0x8000).error, MAP_NO_FRAME);
    fixture_expect_unchanged();
    assert_int_equal(mmio.used_bytes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(device_memory_is_uncached_and_not_executable, setup),
        cmocka_unit_test_setup(write_combining_is_chosen_by_the_attribute_bit_alone, setup),
        cmocka_unit_test_setup(unaligned_devices_keep_their_offset, setup),
        cmocka_unit_test_setup(a_large_device_gets_large_pages, setup),
        cmocka_unit_test_setup(a_large_device_that_just_fits_is_not_aligned, setup),
        cmocka_unit_test_setup(bad_ranges_are_refused, setup),
        cmocka_unit_test_setup(an_error_on_the_way_maps_nothing, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
