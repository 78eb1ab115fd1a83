/* SPDX-License-Identifier: MIT */
#include "memory_fixture.h"

#include <tenorite/mm/address_space.h>

#define NO_EXECUTE_BIT 0x8000000000000000ull

/* Physical memory: RAM from 0 to 4 MiB with a hole, the image from 1 MiB to 1 MiB + 64 KiB. */
static struct region ram_regions[] = {{0x0, 0x9f000}, {0x100000, 0x400000}};
static const struct region_list ram = {ram_regions, 2, 2};
static struct image_segment segments[3];
static struct address_space space;

static struct image_segment segment(const char *name, uint64_t start, uint64_t bytes, uint64_t physical)
{
    return (struct image_segment){.name = name,
                                  .start = virt_addr_new(start),
                                  .end = virt_addr_new(start + bytes),
                                  .physical_start = phys_addr_new(physical)};
}

static int setup(void **state)
{
    fixture_setup(state);
    segments[0] = segment("text", 0xffffffff80100000, 0x4000, 0x100000);
    segments[0].is_executable = true;
    segments[1] = segment("rodata", 0xffffffff80104000, 0x2000, 0x104000);
    segments[2] = segment("data", 0xffffffff80107000, 0x9000, 0x107000);
    segments[2].is_writable = true;
    paging_double.segments = segments;
    paging_double.segment_count = 3;
    paging_double.image_start = phys_addr_new(0x100000);
    paging_double.image_end = phys_addr_new(0x110000);
    paging_double.layout.physical_window = (struct virtual_range){virt_addr_from_pointer(fixture_memory), 1ull << 40};
    return 0;
}

static uint64_t window(uint64_t physical)
{
    return (uint64_t)(uintptr_t)fixture_memory + physical;
}

static void expect_mapped(uint64_t address, uint64_t physical, enum page_size size, page_flags flags)
{
    struct translation found = translate(&space.mapper, virt_addr_new(address));
    assert_int_equal(found.error, MAP_OK);
    assert_int_equal(found.size, size);
    assert_int_equal(translation_address(found).value, physical);
    assert_true(page_flags_are_equal(translation_flags(found), flags));
}

static void expect_not_mapped(uint64_t address)
{
    assert_int_equal(translate(&space.mapper, virt_addr_new(address)).error, MAP_NOT_MAPPED);
}

static void segments_get_their_permissions(void **state)
{
    (void)state;
    assert_int_equal(address_space_build(&space, &fixture_frames, &ram), MAP_OK);
    expect_mapped(0xffffffff80100000, 0x100000, PAGE_SIZE_4K, PAGE_FLAGS(PRESENT));
    expect_mapped(0xffffffff80103fff, 0x103fff, PAGE_SIZE_4K, PAGE_FLAGS(PRESENT));
    expect_mapped(0xffffffff80104000, 0x104000, PAGE_SIZE_4K, PAGE_FLAGS(PRESENT, NO_EXECUTE));
    expect_mapped(0xffffffff80107000, 0x107000, PAGE_SIZE_4K, PAGE_FLAGS(PRESENT, WRITABLE, NO_EXECUTE));
    expect_not_mapped(0xffffffff800ff000);
    expect_not_mapped(0xffffffff80106000);
    expect_not_mapped(0xffffffff80110000);
    expect_not_mapped(0);
}

static void the_window_shows_ram_without_the_image(void **state)
{
    const page_flags data = PAGE_FLAGS(PRESENT, WRITABLE, NO_EXECUTE);
    (void)state;
    assert_int_equal(address_space_build(&space, &fixture_frames, &ram), MAP_OK);
    expect_mapped(window(0), 0, PAGE_SIZE_4K, data);
    expect_mapped(window(0x9efff), 0x9efff, PAGE_SIZE_4K, data);
    expect_not_mapped(window(0x9f000));
    expect_not_mapped(window(0xff000));
    for (uint64_t physical = 0x100000; physical < 0x110000; physical += 4096)
        expect_not_mapped(window(physical));
    expect_mapped(window(0x110000), 0x110000, PAGE_SIZE_4K, data);
    expect_mapped(window(0x234567), 0x234567, PAGE_SIZE_2M, data);
    expect_not_mapped(window(0x400000));
}

static void write_xor_execute_is_seen(void **state)
{
    (void)state;
    assert_int_equal(address_space_build(&space, &fixture_frames, &ram), MAP_OK);
    assert_true(address_space_is_w_xor_x(&space));
    static const uint64_t addresses[] = {0xffffffff80107000, 0xffffffff8010f000};
    for (int i = 0; i < 2; i++) {
        uint64_t table = space.mapper.root;
        for (int level = 4; level > 1; level--)
            table = fixture_memory[table][addresses[i] >> (3 + 9 * level) & 511] >> 12 & 0xffffff;
        uint64_t *leaf = &fixture_memory[table][addresses[i] >> 12 & 511];
        *leaf &= ~NO_EXECUTE_BIT;
        assert_false(address_space_is_w_xor_x(&space));
        *leaf |= NO_EXECUTE_BIT;
        assert_true(address_space_is_w_xor_x(&space));
    }
}

static void a_segment_that_breaks_it_panics(void **state)
{
    (void)state;
    segments[0].is_writable = true;
    EXPECT_PANIC("segment text is writable and executable",
                 (void)!address_space_build(&space, &fixture_frames, &ram));
}

static void out_of_frames_at_any_point_gives_all_back(void **state)
{
    uint64_t needed;
    (void)state;
    uint64_t before = fixture_free_frames();
    assert_int_equal(address_space_build(&space, &fixture_frames, &ram), MAP_OK);
    needed = before - fixture_free_frames();
    assert_in_range(needed, 7, 9);
    address_space_discard(&space);
    assert_int_equal(fixture_free_frames(), before);
    for (uint64_t left = 0; left < needed; left++) {
        setup(state);
        fixture_drain(left);
        assert_int_equal(address_space_build(&space, &fixture_frames, &ram), MAP_NO_FRAME);
        assert_int_equal(fixture_free_frames(), left);
    }
    setup(state);
    fixture_drain(needed);
    assert_int_equal(address_space_build(&space, &fixture_frames, &ram), MAP_OK);
    assert_int_equal(fixture_free_frames(), 0);
}

static void ram_beyond_the_window_is_refused(void **state)
{
    (void)state;
    paging_double.layout.physical_window.length_bytes = 0x3ff000;
    uint64_t before = fixture_free_frames();
    assert_int_equal(address_space_build(&space, &fixture_frames, &ram), MAP_NO_ROOM);
    assert_int_equal(fixture_free_frames(), before);
}

static uint64_t page_of(const void *address)
{
    return (uint64_t)(uintptr_t)address & ~0xfffull;
}

static void activate_writes_the_root_once_code_and_stack_are_mapped(void **state)
{
    (void)state;
    const char *code = (const char *)(uintptr_t)&address_space_activate;
    uint64_t stack = page_of(__builtin_frame_address(0));
    segments[0] = segment("text", page_of(code), 0x1000, 0x100000);
    segments[0].is_executable = true;
    paging_double.segment_count = 1;
    assert_int_equal(address_space_build(&space, &fixture_frames, &ram), MAP_OK);
    EXPECT_PANIC("the stack at", address_space_activate(&space));
    assert_int_equal(paging_double.root_write_count, 0);
    segments[1] = segment("data", stack - 0x10000, 0x20000, 0x110000);
    segments[1].is_writable = true;
    paging_double.segment_count = 2;
    assert_int_equal(address_space_build(&space, &fixture_frames, &ram), MAP_OK);
    address_space_activate(&space);
    assert_int_equal(paging_double.root_write_count, 1);
    assert_int_equal(paging_double.root.value, mapper_root(&space.mapper).start.value);
    assert_int_equal(paging_double.full_flush_count, 1);
    segments[0].is_executable = false;
    assert_int_equal(address_space_build(&space, &fixture_frames, &ram), MAP_OK);
    EXPECT_PANIC("the code at", address_space_activate(&space));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(segments_get_their_permissions, setup),
        cmocka_unit_test_setup(the_window_shows_ram_without_the_image, setup),
        cmocka_unit_test_setup(write_xor_execute_is_seen, setup),
        cmocka_unit_test_setup(a_segment_that_breaks_it_panics, setup),
        cmocka_unit_test_setup(out_of_frames_at_any_point_gives_all_back, setup),
        cmocka_unit_test_setup(ram_beyond_the_window_is_refused, setup),
        cmocka_unit_test_setup(activate_writes_the_root_once_code_and_stack_are_mapped, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
