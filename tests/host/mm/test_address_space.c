/* SPDX-License-Identifier: MIT */
#include "memory_fixture.h"

#include <tenorite/mm/address_space.h>

#define NO_EXECUTE_BIT 0x8000000000000000ull

/* Physical memory: RAM from 0 to 4 MiB with a hole, the image from 1 MiB to 1 MiB + 64 KiB. The heap's range takes two
 * entries of the root, the one for device memory one. */
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
    paging_double.layout.boot_window_bytes = FIXTURE_BYTES;
    paging_double.layout.heap = (struct virtual_range){virt_addr_new(0xffffc00000000000), 1ull << 40};
    paging_double.layout.mmio = (struct virtual_range){virt_addr_new(0xffffd00000000000), 1ull << 30};
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

static void damaged_tables_are_not_vouched_for(void **state)
{
    (void)state;
    assert_int_equal(address_space_build(&space, &fixture_frames, &ram), MAP_OK);
    fixture_memory[space.mapper.root][7] = space.mapper.root * 4096 | 0x83; /* a page of 512 GiB */
    assert_false(address_space_is_w_xor_x(&space));
    for (int i = 0; i < 256; i++)
        fixture_memory[space.mapper.root][i] = space.mapper.root * 4096 | 3 | NO_EXECUTE_BIT;
    assert_false(address_space_is_w_xor_x(&space));
}

static void device_registers_are_not_cached_and_empty_segments_are_nothing(void **state)
{
    (void)state;
    segments[1] = segment("device registers", 0xffffa00000000000, 0x1000, 0xfea00000);
    segments[1].is_writable = true;
    segments[1].is_device = true;
    segments[2] = segment("data", 0xffffffff80107000, 0, 0x107000);
    assert_int_equal(address_space_build(&space, &fixture_frames, &ram), MAP_OK);
    expect_mapped(0xffffa00000000000, 0xfea00000, PAGE_SIZE_4K, PAGE_FLAGS(PRESENT, WRITABLE, NO_EXECUTE, NO_CACHE));
    expect_not_mapped(0xffffffff80107000);
}

/* The text may be where device memory comes to lie: one table serves both. */
static void a_range_of_which_a_part_is_mapped_keeps_its_table(void **state)
{
    (void)state;
    assert_int_equal(address_space_build(&space, &fixture_frames, &ram), MAP_OK);
    uint64_t left = fixture_free_frames();
    setup(state);
    paging_double.layout.mmio = (struct virtual_range){virt_addr_new(0xffffff8000000000), 1ull << 30};
    assert_int_equal(address_space_build(&space, &fixture_frames, &ram), MAP_OK);
    assert_int_equal(fixture_free_frames(), left + 1);
    expect_mapped(0xffffffff80100000, 0x100000, PAGE_SIZE_4K, PAGE_FLAGS(PRESENT));
}

static void without_ram_there_is_no_space(void **state)
{
    const struct region_list none = {ram_regions, 0, 0};
    (void)state;
    uint64_t before = fixture_free_frames();
    assert_int_equal(address_space_build(&space, &fixture_frames, &none), MAP_NO_FRAME);
    assert_int_equal(fixture_free_frames(), before);
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
    assert_in_range(needed, 7 + 3, 9 + 3);
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
    segments[0].is_executable = false;
    assert_int_equal(address_space_build(&space, &fixture_frames, &ram), MAP_OK);
    EXPECT_PANIC("the code at", address_space_activate(&space));
}

static int setup_spaces(void **state)
{
    setup(state);
    assert_int_equal(address_space_build(&space, &fixture_frames, &ram), MAP_OK);
    return 0;
}

static void map_at(struct address_space *where, uint64_t address, uint64_t physical)
{
    page_4k page = page_4k_at(virt_addr_new(address));
    frame_4k frame = frame_4k_at(phys_addr_new(physical));
    assert_int_equal(ignore(map_to(&where->mapper, page, frame, PAGE_FLAGS(PRESENT, WRITABLE, NO_EXECUTE))), MAP_OK);
}

static bool shows(const struct address_space *where, uint64_t address, uint64_t physical)
{
    struct translation found = translate(&where->mapper, virt_addr_new(address));
    return found.error == MAP_OK && translation_address(found).value == physical;
}

static void ranges_to_come_have_tables_from_the_beginning(void **state)
{
    (void)state;
    const uint64_t *root = fixture_memory[space.mapper.root];
    const int slots[] = {384, 385, 416};
    for (size_t i = 0; i < COUNT_OF(slots); i++) {
        assert_int_equal(root[slots[i]] & 0xfff, 3);
        for (int entry = 0; entry < 512; entry++)
            assert_int_equal(fixture_memory[root[slots[i]] >> 12][entry], 0);
    }
    assert_int_equal(root[386] | root[417], 0);
}

static void a_new_space_has_the_kernel_half_and_an_empty_lower_half(void **state)
{
    struct address_space created;
    (void)state;
    uint64_t before = fixture_free_frames();
    assert_int_equal(address_space_create(&created, &space), MAP_OK);
    assert_int_equal(before - fixture_free_frames(), 1);
    assert_int_not_equal(created.mapper.root, space.mapper.root);
    for (int i = 0; i < 512; i++)
        assert_int_equal(fixture_memory[created.mapper.root][i], i < 256 ? 0 : fixture_memory[space.mapper.root][i]);
}

static void no_frame_for_the_root_is_an_error(void **state)
{
    struct address_space created, before;
    (void)state;
    memset(&created, 0x5a, sizeof created);
    before = created;
    fixture_drain(0);
    assert_int_equal(address_space_create(&created, &space), MAP_NO_FRAME);
    assert_memory_equal(&created, &before, sizeof created);
    assert_int_equal(fixture_free_frames(), 0);
}

static void kernel_mappings_of_later_are_shown_by_all_and_lower_ones_by_one(void **state)
{
    static const uint64_t later[] = {0xffffc00000000000, 0xffffc07ffffff000, 0xffffc08000000000, 0xffffd00000123000};
    struct address_space first, second;
    (void)state;
    assert_int_equal(address_space_create(&first, &space), MAP_OK);
    assert_int_equal(address_space_create(&second, &space), MAP_OK);
    for (size_t i = 0; i < COUNT_OF(later); i++) {
        map_at(i % 2 == 0 ? &first : &space, later[i], 0x200000 + i * 4096);
        assert_true(shows(&space, later[i], 0x200000 + i * 4096));
        assert_true(shows(&first, later[i], 0x200000 + i * 4096));
        assert_true(shows(&second, later[i], 0x200000 + i * 4096));
    }
    map_at(&first, 0x400000, 0x300000);
    map_at(&second, 0x400000, 0x301000);
    assert_true(shows(&first, 0x400000, 0x300000));
    assert_true(shows(&second, 0x400000, 0x301000));
    assert_int_equal(translate(&space.mapper, virt_addr_new(0x400000)).error, MAP_NOT_MAPPED);
}

/* The tables of the layout's ranges stay linked where they are said to be shared, and the rest goes. */
static void cleaning_up_leaves_what_all_share(void **state)
{
    struct address_space created;
    (void)state;
    assert_int_equal(address_space_create(&created, &space), MAP_OK);
    uint64_t before = fixture_free_frames();
    map_at(&space, 0xffffc00000000000, 0x200000);
    assert_int_equal(ignore(unmap(&space.mapper, page_4k_at(virt_addr_new(0xffffc00000000000)))).error, MAP_OK);
    assert_int_equal(before - fixture_free_frames(), 2);
    assert_int_equal(flush(clean_up_all(&space.mapper, KERNEL_TABLES_SHARED)), MAP_OK);
    assert_int_equal(fixture_free_frames(), before);
    map_at(&created, 0xffffc00000000000, 0x201000);
    assert_true(shows(&space, 0xffffc00000000000, 0x201000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(segments_get_their_permissions, setup),
        cmocka_unit_test_setup(the_window_shows_ram_without_the_image, setup),
        cmocka_unit_test_setup(write_xor_execute_is_seen, setup),
        cmocka_unit_test_setup(damaged_tables_are_not_vouched_for, setup),
        cmocka_unit_test_setup(device_registers_are_not_cached_and_empty_segments_are_nothing, setup),
        cmocka_unit_test_setup(a_range_of_which_a_part_is_mapped_keeps_its_table, setup),
        cmocka_unit_test_setup(without_ram_there_is_no_space, setup),
        cmocka_unit_test_setup(a_segment_that_breaks_it_panics, setup),
        cmocka_unit_test_setup(out_of_frames_at_any_point_gives_all_back, setup),
        cmocka_unit_test_setup(ram_beyond_the_window_is_refused, setup),
        cmocka_unit_test_setup(ranges_to_come_have_tables_from_the_beginning, setup_spaces),
        cmocka_unit_test_setup(a_new_space_has_the_kernel_half_and_an_empty_lower_half, setup_spaces),
        cmocka_unit_test_setup(no_frame_for_the_root_is_an_error, setup_spaces),
        cmocka_unit_test_setup(kernel_mappings_of_later_are_shown_by_all_and_lower_ones_by_one, setup_spaces),
        cmocka_unit_test_setup(cleaning_up_leaves_what_all_share, setup_spaces),
        cmocka_unit_test_setup(activate_writes_the_root_once_code_and_stack_are_mapped, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
