/* SPDX-License-Identifier: MIT */
/* The oracle is the tables themselves, read by hand (fixture_entry). */
#include "memory_fixture.h"

#define NO_EXECUTE_BIT 0x8000000000000000ull
#define READABLE PAGE_FLAGS(PRESENT, NO_EXECUTE)
#define DATA PAGE_FLAGS(PRESENT, WRITABLE, NO_EXECUTE)

static const uint64_t kernel_address = 0xffffc00000123000;
static const uint64_t huge_address = 0xffffc00040200000;
static const uint64_t giant_address = 0xffffc00080000000;

static page_4k page(uint64_t address)
{
    return page_4k_at(virt_addr_new(address));
}

static page_2m page_2(uint64_t address)
{
    return page_2m_at(virt_addr_new(address));
}

static page_1g page_1(uint64_t address)
{
    return page_1g_at(virt_addr_new(address));
}

static frame_4k frame(uint64_t address)
{
    return frame_4k_at(phys_addr_new(address));
}

static enum map_error map_4(uint64_t virtual, uint64_t physical, page_flags flags)
{
    return ignore(map_to(&fixture_mapper, page(virtual), frame(physical), flags));
}

static enum map_error map_2(uint64_t virtual, uint64_t physical, page_flags flags)
{
    return ignore(map_to(&fixture_mapper, page_2(virtual), frame_2m_at(phys_addr_new(physical)), flags));
}

static enum map_error map_1(uint64_t virtual, uint64_t physical, page_flags flags)
{
    return ignore(map_to(&fixture_mapper, page_1(virtual), frame_1g_at(phys_addr_new(physical)), flags));
}

static enum map_error unmap_4(uint64_t virtual)
{
    return ignore(unmap(&fixture_mapper, page(virtual))).error;
}

static enum map_error unmap_2(uint64_t virtual)
{
    return ignore(unmap(&fixture_mapper, page_2(virtual))).error;
}

static struct translation look_up(uint64_t address)
{
    return translate(&fixture_mapper, virt_addr_new(address));
}

static void map_writes_the_four_entries(void **state)
{
    (void)state;
    uint64_t before = fixture_free_frames();
    assert_int_equal(map_4(kernel_address, 0x456000, DATA), MAP_OK);
    assert_int_equal(fixture_free_frames(), before - 3);
    for (int level = 4; level > 1; level--)
        assert_int_equal(*fixture_entry(kernel_address, level) & ~0x000ffffffffff000ull, 3);
    assert_int_equal(*fixture_entry(kernel_address, 1), 0x456003 | NO_EXECUTE_BIT);
}

static void new_tables_hold_nothing_else(void **state)
{
    (void)state;
    assert_int_equal(map_4(kernel_address, 0x456000, DATA), MAP_OK);
    for (int level = 4; level > 0; level--) {
        uint64_t *entry = fixture_entry(kernel_address, level);
        uint64_t *table = (uint64_t *)((uintptr_t)entry & ~(uintptr_t)4095);
        for (int i = 0; i < 512; i++)
            assert_true(&table[i] == entry || table[i] == 0);
    }
}

static void tables_of_the_lower_half_admit_users(void **state)
{
    (void)state;
    assert_int_equal(map_4(0x400000, 0x456000, PAGE_FLAGS(PRESENT, USER)), MAP_OK);
    for (int level = 4; level > 1; level--)
        assert_int_equal(*fixture_entry(0x400000, level) & 0xfff, 7);
    assert_int_equal(*fixture_entry(0x400000, 1), 0x456005);
    assert_true(
        table_flags_are_equal(mapper_table_flags(virt_addr_new(0x400000)), TABLE_FLAGS(PRESENT, WRITABLE, USER)));
    assert_true(
        table_flags_are_equal(mapper_table_flags(virt_addr_new(kernel_address)), TABLE_FLAGS(PRESENT, WRITABLE)));
}

static void neighbours_share_tables(void **state)
{
    (void)state;
    assert_int_equal(map_4(kernel_address, 0x456000, DATA), MAP_OK);
    uint64_t before = fixture_free_frames();
    assert_int_equal(map_4(kernel_address + 0x1000, 0x999000, READABLE), MAP_OK);
    assert_int_equal(fixture_free_frames(), before);
    assert_int_equal(*fixture_entry(kernel_address, 1), 0x456003 | NO_EXECUTE_BIT);
    assert_int_equal(*fixture_entry(kernel_address + 0x1000, 1), 0x999001 | NO_EXECUTE_BIT);
}

static void large_pages_take_fewer_tables(void **state)
{
    (void)state;
    uint64_t before = fixture_free_frames();
    assert_int_equal(map_2(huge_address, 0x600000, DATA), MAP_OK);
    assert_int_equal(fixture_free_frames(), before - 2);
    assert_int_equal(*fixture_entry(huge_address, 2), 0x600083 | NO_EXECUTE_BIT);
    assert_int_equal(map_1(giant_address, 0x40000000, READABLE), MAP_OK);
    assert_int_equal(fixture_free_frames(), before - 2);
    assert_int_equal(*fixture_entry(giant_address, 3), 0x40000081 | NO_EXECUTE_BIT);
}

static void translate_gives_frame_offset_flags_and_size(void **state)
{
    (void)state;
    assert_int_equal(map_4(kernel_address, 0x456000, DATA), MAP_OK);
    assert_int_equal(map_2(huge_address, 0x600000, READABLE), MAP_OK);
    assert_int_equal(map_1(giant_address, 0x40000000, READABLE), MAP_OK);
    struct translation small = look_up(kernel_address + 0xabc);
    assert_int_equal(small.error, MAP_OK);
    assert_int_equal(small.size, PAGE_SIZE_4K);
    assert_int_equal(small.offset_bytes, 0xabc);
    assert_int_equal(translation_frame_start(small).value, 0x456000);
    assert_int_equal(translation_address(small).value, 0x456abc);
    assert_true(page_flags_are_equal(translation_flags(small), DATA));
    struct translation large = look_up(huge_address + 0x1fffff);
    assert_int_equal(large.size, PAGE_SIZE_2M);
    assert_int_equal(large.offset_bytes, 0x1fffff);
    assert_int_equal(translation_address(large).value, 0x7fffff);
    assert_true(page_flags_are_equal(translation_flags(large), READABLE));
    struct translation giant = look_up(giant_address + 0x3fffffff);
    assert_int_equal(giant.size, PAGE_SIZE_1G);
    assert_int_equal(giant.offset_bytes, 0x3fffffff);
    assert_int_equal(translation_address(giant).value, 0x7fffffff);
    assert_int_equal(look_up(kernel_address - 1).error, MAP_NOT_MAPPED);
    assert_int_equal(look_up(0).error, MAP_NOT_MAPPED);
}

static void both_ends_of_both_halves_can_be_mapped(void **state)
{
    static const uint64_t ends[] = {0, 0x7ffffffff000, 0xffff800000000000, 0xfffffffffffff000};
    (void)state;
    for (uint64_t i = 0; i < 4; i++)
        assert_int_equal(map_4(ends[i], 0x1000 * (i + 1), READABLE), MAP_OK);
    for (uint64_t i = 0; i < 4; i++)
        assert_int_equal(translation_address(look_up(ends[i] + 5)).value, 0x1000 * (i + 1) + 5);
}

static void pat_is_where_the_size_has_it(void **state)
{
    (void)state;
    page_flags flags = PAGE_FLAGS(PRESENT, PAT, NO_EXECUTE);
    assert_int_equal(map_4(kernel_address, 0x456000, flags), MAP_OK);
    assert_int_equal(map_2(huge_address, 0x600000, flags), MAP_OK);
    assert_int_equal(map_1(giant_address, 0x40000000, flags), MAP_OK);
    assert_int_equal(*fixture_entry(kernel_address, 1), 0x456081 | NO_EXECUTE_BIT);
    assert_int_equal(*fixture_entry(huge_address, 2), 0x601081 | NO_EXECUTE_BIT);
    assert_int_equal(*fixture_entry(giant_address, 3), 0x40001081 | NO_EXECUTE_BIT);
    assert_int_equal(translation_frame_start(look_up(huge_address)).value, 0x600000);
    assert_true(page_flags_are_equal(translation_flags(look_up(huge_address)), flags));
    assert_true(page_flags_are_equal(translation_flags(look_up(kernel_address)), flags));
    struct unmapped_4k small = ignore(unmap(&fixture_mapper, page(kernel_address)));
    assert_int_equal(small.error, MAP_OK);
    struct unmapped_2m large = ignore(unmap(&fixture_mapper, page_2(huge_address)));
    assert_int_equal(large.error, MAP_OK);
    assert_int_equal(large.frame.start.value, 0x600000);
    struct unmapped_1g giant = ignore(unmap(&fixture_mapper, page_1(giant_address)));
    assert_int_equal(giant.error, MAP_OK);
    assert_int_equal(giant.frame.start.value, 0x40000000);
}

static void unmap_clears_one_entry_and_gives_the_frame(void **state)
{
    (void)state;
    assert_int_equal(map_4(kernel_address, 0x456000, DATA), MAP_OK);
    assert_int_equal(map_4(kernel_address + 0x1000, 0x999000, DATA), MAP_OK);
    struct unmapped_4k removed = ignore(unmap(&fixture_mapper, page(kernel_address)));
    assert_int_equal(removed.error, MAP_OK);
    assert_int_equal(removed.frame.start.value, 0x456000);
    assert_int_equal(*fixture_entry(kernel_address, 1), 0);
    assert_int_equal(*fixture_entry(kernel_address + 0x1000, 1), 0x999003 | NO_EXECUTE_BIT);
    assert_int_equal(unmap_4(kernel_address), MAP_NOT_MAPPED);
    assert_int_equal(map_4(kernel_address, 0x456000, DATA), MAP_OK);
}

static void update_flags_keeps_the_frame(void **state)
{
    (void)state;
    assert_int_equal(map_4(kernel_address, 0x456000, DATA), MAP_OK);
    assert_int_equal(map_2(huge_address, 0x600000, DATA), MAP_OK);
    assert_int_equal(flush(update_flags(&fixture_mapper, page(kernel_address), PAGE_FLAGS(PRESENT))), MAP_OK);
    assert_int_equal(paging_double.last_flushed_page.value, kernel_address);
    assert_int_equal(*fixture_entry(kernel_address, 1), 0x456001);
    assert_int_equal(flush(update_flags(&fixture_mapper, page_2(huge_address), PAGE_FLAGS(PRESENT, PAT))), MAP_OK);
    assert_int_equal(*fixture_entry(huge_address, 2), 0x601081);
    fixture_snapshot();
    assert_int_equal(flush(update_flags(&fixture_mapper, page(kernel_address), PAGE_FLAGS(PRESENT, WRITABLE))),
                     MAP_WRITABLE_EXECUTABLE);
    assert_int_equal(flush(update_flags(&fixture_mapper, page(huge_address), READABLE)), MAP_INSIDE_HUGE_PAGE);
    assert_int_equal(flush(update_flags(&fixture_mapper, page_2(kernel_address & ~0x1fffffull), READABLE)),
                     MAP_HAS_SMALLER_PAGES);
    assert_int_equal(flush(update_flags(&fixture_mapper, page_1(giant_address), READABLE)), MAP_NOT_MAPPED);
    fixture_expect_unchanged();
}

static void map_refuses_a_page_that_is_mapped(void **state)
{
    (void)state;
    assert_int_equal(map_4(kernel_address, 0x456000, DATA), MAP_OK);
    assert_int_equal(map_2(huge_address, 0x600000, DATA), MAP_OK);
    fixture_snapshot();
    assert_int_equal(map_4(kernel_address, 0x456000, DATA), MAP_ALREADY_MAPPED);
    assert_int_equal(map_4(kernel_address, 0x457000, READABLE), MAP_ALREADY_MAPPED);
    assert_int_equal(map_2(huge_address, 0x600000, DATA), MAP_ALREADY_MAPPED);
    fixture_expect_unchanged();
}

static void map_refuses_a_page_inside_a_huge_page(void **state)
{
    (void)state;
    assert_int_equal(map_2(huge_address, 0x600000, READABLE), MAP_OK);
    assert_int_equal(map_1(giant_address, 0x40000000, READABLE), MAP_OK);
    fixture_snapshot();
    assert_int_equal(map_4(huge_address + 0x1000, 0x456000, DATA), MAP_INSIDE_HUGE_PAGE);
    assert_int_equal(map_4(giant_address + 0x1000, 0x456000, DATA), MAP_INSIDE_HUGE_PAGE);
    assert_int_equal(map_2(giant_address + 0x200000, 0x600000, DATA), MAP_INSIDE_HUGE_PAGE);
    assert_int_equal(unmap_4(huge_address + 0x1000), MAP_INSIDE_HUGE_PAGE);
    assert_int_equal(unmap_2(giant_address), MAP_INSIDE_HUGE_PAGE);
    fixture_expect_unchanged();
}

static void a_failed_map_leaves_the_huge_page_of_the_lower_half_alone(void **state)
{
    (void)state;
    assert_int_equal(map_2(0x40000000, 0x600000, PAGE_FLAGS(PRESENT)), MAP_OK);
    fixture_snapshot();
    assert_int_equal(map_4(0x40001000, 0x456000, PAGE_FLAGS(PRESENT, WRITABLE, USER, NO_EXECUTE)),
                     MAP_INSIDE_HUGE_PAGE);
    assert_int_equal(*fixture_entry(0x40000000, 2), 0x600081);
    fixture_expect_unchanged();
}

static void sizes_are_not_confused(void **state)
{
    (void)state;
    assert_int_equal(map_4(kernel_address, 0x456000, DATA), MAP_OK);
    uint64_t page_2m_start = kernel_address & ~0x1fffffull;
    fixture_snapshot();
    assert_int_equal(map_2(page_2m_start, 0x600000, DATA), MAP_HAS_SMALLER_PAGES);
    assert_int_equal(unmap_2(page_2m_start), MAP_HAS_SMALLER_PAGES);
    assert_int_equal(map_1(kernel_address & ~0x3fffffffull, 0x40000000, DATA), MAP_HAS_SMALLER_PAGES);
    assert_int_equal(ignore(unmap(&fixture_mapper, page_1(kernel_address & ~0x3fffffffull))).error,
                     MAP_HAS_SMALLER_PAGES);
    fixture_expect_unchanged();
}

static void markers_get_one_answer_from_every_call(void **state)
{
    (void)state;
    assert_int_equal(map_4(kernel_address, 0x456000, DATA), MAP_OK);
    for (int level = 1; level <= 4; level++) {
        fixture_reset(FIXTURE_FRAMES - 2);
        assert_int_equal(map_4(kernel_address, 0x456000, DATA), MAP_OK);
        *fixture_entry(kernel_address, level) = 0x200;
        fixture_snapshot();
        assert_int_equal(map_4(kernel_address, 0x456000, DATA), MAP_MARKED_NOT_PRESENT);
        assert_int_equal(unmap_4(kernel_address), MAP_MARKED_NOT_PRESENT);
        assert_int_equal(ignore(update_flags(&fixture_mapper, page(kernel_address), DATA)), MAP_MARKED_NOT_PRESENT);
        assert_int_equal(look_up(kernel_address).error, MAP_MARKED_NOT_PRESENT);
        fixture_expect_unchanged();
    }
}

static void flags_that_are_not_allowed_are_refused(void **state)
{
    (void)state;
    fixture_snapshot();
    assert_int_equal(map_4(kernel_address, 0x456000, PAGE_FLAGS()), MAP_FLAGS_NOT_ALLOWED);
    assert_int_equal(map_4(kernel_address, 0x456000, PAGE_FLAGS(NO_EXECUTE, WRITABLE)), MAP_FLAGS_NOT_ALLOWED);
    assert_int_equal(map_4(kernel_address, 0x456000, PAGE_FLAGS(PRESENT, USER)), MAP_FLAGS_NOT_ALLOWED);
    assert_int_equal(map_4(0x400000, 0x456000, PAGE_FLAGS(PRESENT, GLOBAL)), MAP_FLAGS_NOT_ALLOWED);
    assert_int_equal(map_4(kernel_address, 0x456000, PAGE_FLAGS(PRESENT, WRITABLE)), MAP_WRITABLE_EXECUTABLE);
    for (int bit = 12; bit < 63; bit++)
        assert_int_equal(map_4(kernel_address, 0x456000, (page_flags){1 | 1ull << bit}), MAP_FLAGS_NOT_ALLOWED);
    fixture_expect_unchanged();
    assert_int_equal(map_4(kernel_address, 0x456000, PAGE_FLAGS(PRESENT, GLOBAL)), MAP_OK);
}

static void frames_beyond_the_cpu_are_refused(void **state)
{
    (void)state;
    fixture_snapshot();
    assert_int_equal(map_4(kernel_address, 1ull << 46, DATA), MAP_FRAME_TOO_HIGH);
    assert_int_equal(map_1(giant_address, 1ull << 50, DATA), MAP_FRAME_TOO_HIGH);
    fixture_expect_unchanged();
    assert_int_equal(map_4(kernel_address, (1ull << 46) - 4096, DATA), MAP_OK);
}

static void a_cpu_without_1g_pages_gets_none(void **state)
{
    (void)state;
    fixture_mapper.has_1g_pages = false;
    fixture_snapshot();
    assert_int_equal(map_1(giant_address, 0x40000000, DATA), MAP_SIZE_NOT_SUPPORTED);
    fixture_expect_unchanged();
}

static void a_cpu_without_execute_protection_never_sees_its_bit(void **state)
{
    (void)state;
    fixture_mapper.has_no_execute = false;
    assert_int_equal(map_4(kernel_address, 0x456000, DATA), MAP_OK);
    assert_int_equal(*fixture_entry(kernel_address, 1), 0x456003);
}

/* Damages the entry at `level` above a mapped page and expects every call to say so and to change nothing. */
static void expect_damage(int level, uint64_t entry)
{
    fixture_reset(FIXTURE_FRAMES - 2);
    assert_int_equal(map_4(kernel_address, 0x456000, DATA), MAP_OK);
    *fixture_entry(kernel_address, level) = entry;
    fixture_snapshot();
    assert_int_equal(map_4(kernel_address, 0x456000, DATA), MAP_DAMAGED_TABLE);
    assert_int_equal(unmap_4(kernel_address), MAP_DAMAGED_TABLE);
    assert_int_equal(look_up(kernel_address).error, MAP_DAMAGED_TABLE);
    fixture_expect_unchanged();
}

static void damaged_tables_are_reported(void **state)
{
    (void)state;
    expect_damage(4, 0x2083); /* a huge page at the root */
    for (int level = 2; level <= 4; level++) {
        expect_damage(level, 0x3);                /* a table in frame 0 */
        expect_damage(level, FIXTURE_BYTES | 3);  /* beyond the window */
        expect_damage(level, 0x000ffffffffff003); /* beyond the CPU */
    }
    expect_damage(1, 1ull << 46 | 3); /* a page beyond the CPU */
}

static void reserved_bits_of_a_large_page_are_reported(void **state)
{
    (void)state;
    for (int bit = 13; bit < 21; bit++) {
        fixture_reset(FIXTURE_FRAMES - 2);
        assert_int_equal(map_2(huge_address, 0x600000, DATA), MAP_OK);
        *fixture_entry(huge_address, 2) |= 1ull << bit;
        assert_int_equal(look_up(huge_address).error, MAP_DAMAGED_TABLE);
        assert_int_equal(unmap_2(huge_address), MAP_DAMAGED_TABLE);
        assert_int_equal(map_2(huge_address, 0x600000, DATA), MAP_DAMAGED_TABLE);
    }
}

static void a_table_with_other_permissions_is_not_built_upon(void **state)
{
    static const uint64_t permissions[] = {1, 7, 5, 3 | NO_EXECUTE_BIT};
    (void)state;
    for (int i = 0; i < 4; i++) {
        for (int level = 2; level <= 4; level++) {
            fixture_reset(FIXTURE_FRAMES - 2);
            assert_int_equal(map_4(kernel_address, 0x456000, DATA), MAP_OK);
            uint64_t *entry = fixture_entry(kernel_address, level);
            *entry = (*entry & 0x000ffffffffff000) | permissions[i];
            fixture_snapshot();
            assert_int_equal(map_4(kernel_address + 0x1000, 0x456000, DATA), MAP_FOREIGN_TABLE);
            assert_int_equal(look_up(kernel_address).error, MAP_OK);
            fixture_expect_unchanged();
        }
    }
}

static void accessed_and_dirty_bits_that_the_cpu_set_do_not_matter(void **state)
{
    (void)state;
    assert_int_equal(map_4(kernel_address, 0x456000, DATA), MAP_OK);
    for (int level = 1; level <= 4; level++)
        *fixture_entry(kernel_address, level) |= 0x20;
    *fixture_entry(kernel_address, 1) |= 0x40;
    assert_int_equal(map_4(kernel_address + 0x1000, 0x457000, DATA), MAP_OK);
    assert_true(page_flags_are_equal(translation_flags(look_up(kernel_address)),
                                     PAGE_FLAGS(PRESENT, WRITABLE, ACCESSED, DIRTY, NO_EXECUTE)));
    assert_int_equal(unmap_4(kernel_address), MAP_OK);
}

static void out_of_frames_at_each_level_changes_nothing(void **state)
{
    (void)state;
    for (uint64_t left = 0; left < 3; left++) {
        fixture_reset(FIXTURE_FRAMES - 2);
        fixture_drain(left);
        fixture_snapshot();
        assert_int_equal(map_4(kernel_address, 0x456000, DATA), MAP_NO_FRAME);
        assert_int_equal(map_2(huge_address, 0x600000, DATA), left < 2 ? MAP_NO_FRAME : MAP_OK);
        if (left < 2)
            fixture_expect_unchanged();
    }
    fixture_reset(FIXTURE_FRAMES - 2);
    fixture_drain(3);
    assert_int_equal(map_4(kernel_address, 0x456000, DATA), MAP_OK);
    fixture_snapshot();
    assert_int_equal(map_4(kernel_address + 0x200000, 0x456000, DATA), MAP_NO_FRAME);
    assert_int_equal(map_1(0xffff800000000000, 0x40000000, DATA), MAP_NO_FRAME);
    fixture_expect_unchanged();
    assert_int_equal(map_4(kernel_address + 0x1000, 0x456000, DATA), MAP_OK);
}

static void a_frame_outside_the_window_becomes_no_table(void **state)
{
    (void)state;
    fixture_mapper.table_limit = 3;
    fixture_snapshot();
    assert_int_equal(map_4(kernel_address, 0x456000, DATA), MAP_NO_FRAME);
    fixture_expect_unchanged();
}

/* The first frame is taken out of memory that is in use in part, which may lie anywhere. */
static void a_table_is_taken_inside_the_window_where_the_first_frame_is_not(void **state)
{
    static uint64_t bookkeeping[256];
    struct region usable[] = {{0x100000, 0x101000}, {0x200000, 0x400000}, {0x800000, 0x808000}};
    struct region_list list = {usable, 3, 3};
    struct frames frames;
    (void)state;
    frames_init(&frames, bookkeeping, sizeof bookkeeping, &list);
    struct frame_allocation_4k root = frames_alloc_4k(&frames);
    assert_int_equal(root.frame.start.value, 0x100000);
    memset(fixture_memory[0x100], 0, 4096);
    mapper_init(&fixture_mapper, root.frame, fixture_memory, FIXTURE_BYTES, &frames, paging_features());
    assert_int_equal(map_4(kernel_address, 0x456000, DATA), MAP_OK);
    assert_in_range(fixture_memory[0x100][kernel_address >> 39 & 511] >> 12 & 0xfffffffff, 0x200, 0x202);
    assert_int_equal(frames_statistics(&frames).free_count, 512 - 3 + 8);
    assert_null(frames_check(&frames));
}

static void init_refuses_a_root_outside_the_window(void **state)
{
    struct mapper mapper;
    (void)state;
    EXPECT_PANIC("root table 0x4000, window of 0x4000 bytes",
                 mapper_init(&mapper, frame(0x4000), fixture_memory, 0x4000, &fixture_frames, paging_features()));
    EXPECT_PANIC("root table 0,",
                 mapper_init(&mapper, frame(0), fixture_memory, 0x4000, &fixture_frames, paging_features()));
    assert_int_equal(mapper_root(&fixture_mapper).start.value, 0x1000);
}

static void errors_have_names(void **state)
{
    (void)state;
    assert_string_equal(map_error_name(MAP_OK), "MAP_OK");
    assert_string_equal(map_error_name(MAP_NO_ROOM), "MAP_NO_ROOM");
    assert_string_equal(map_error_name((enum map_error)99), "?");
    for (enum map_error error = MAP_OK; error <= MAP_NO_ROOM; error++)
        assert_memory_equal(map_error_name(error), "MAP_", 4);
}

#define WITH_MEMORY(test) cmocka_unit_test_setup(test, fixture_setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_MEMORY(map_writes_the_four_entries),
        WITH_MEMORY(new_tables_hold_nothing_else),
        WITH_MEMORY(tables_of_the_lower_half_admit_users),
        WITH_MEMORY(neighbours_share_tables),
        WITH_MEMORY(large_pages_take_fewer_tables),
        WITH_MEMORY(translate_gives_frame_offset_flags_and_size),
        WITH_MEMORY(both_ends_of_both_halves_can_be_mapped),
        WITH_MEMORY(pat_is_where_the_size_has_it),
        WITH_MEMORY(unmap_clears_one_entry_and_gives_the_frame),
        WITH_MEMORY(update_flags_keeps_the_frame),
        WITH_MEMORY(map_refuses_a_page_that_is_mapped),
        WITH_MEMORY(map_refuses_a_page_inside_a_huge_page),
        WITH_MEMORY(a_failed_map_leaves_the_huge_page_of_the_lower_half_alone),
        WITH_MEMORY(sizes_are_not_confused),
        WITH_MEMORY(markers_get_one_answer_from_every_call),
        WITH_MEMORY(flags_that_are_not_allowed_are_refused),
        WITH_MEMORY(frames_beyond_the_cpu_are_refused),
        WITH_MEMORY(a_cpu_without_1g_pages_gets_none),
        WITH_MEMORY(a_cpu_without_execute_protection_never_sees_its_bit),
        WITH_MEMORY(damaged_tables_are_reported),
        WITH_MEMORY(reserved_bits_of_a_large_page_are_reported),
        WITH_MEMORY(a_table_with_other_permissions_is_not_built_upon),
        WITH_MEMORY(accessed_and_dirty_bits_that_the_cpu_set_do_not_matter),
        WITH_MEMORY(out_of_frames_at_each_level_changes_nothing),
        WITH_MEMORY(a_frame_outside_the_window_becomes_no_table),
        WITH_MEMORY(a_table_is_taken_inside_the_window_where_the_first_frame_is_not),
        WITH_MEMORY(init_refuses_a_root_outside_the_window),
        WITH_MEMORY(errors_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
