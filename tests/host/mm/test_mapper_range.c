/* SPDX-License-Identifier: MIT */
/* Ranges of pages. The oracle is the tables themselves, read by hand (fixture_entry). */
#include "range_fixture.h"

static void expect_table_full_of_leaves(uint64_t address, int level, uint64_t leaf, uint64_t step)
{
    const uint64_t *entries = fixture_entry(address, level);
    for (uint64_t i = 0; i < 512; i++)
        assert_int_equal(entries[i], leaf + i * step);
}

static void a_range_maps_to_consecutive_frames(void **state)
{
    (void)state;
    uint64_t before = fixture_free_frames();
    assert_int_equal(map(giant_address + 0x5000, 0x456000, 3, PAGE_SIZE_1G), MAP_OK);
    assert_int_equal(fixture_free_frames(), before - 3);
    uint64_t *entries = fixture_entry(giant_address, 1);
    for (uint64_t i = 0; i < 512; i++)
        assert_int_equal(entries[i], i >= 5 && i < 8 ? (0x456000 + (i - 5) * 4096) | DATA_BITS : 0);
    for (int level = 4; level > 1; level--) {
        uint64_t *table = (uint64_t *)((uintptr_t)fixture_entry(giant_address, level) & ~(uintptr_t)4095);
        for (int i = 0; i < 512; i++)
            assert_true(table[i] == 0 || &table[i] == fixture_entry(giant_address, level));
        assert_int_equal(*fixture_entry(giant_address, level) & ~0x000ffffffffff000ull, 3);
    }
}

static void the_largest_pages_that_fit_are_used(void **state)
{
    (void)state;
    uint64_t count = 1 + IN_1G + IN_2M + 3;
    assert_int_equal(map(giant_address - 4096, 0x7ffff000, count, PAGE_SIZE_1G), MAP_OK);
    assert_int_equal(*fixture_entry(giant_address - 4096, 1), 0x7ffff000 | DATA_BITS);
    assert_int_equal(*fixture_entry(giant_address, 3), 0x80000000 | LARGE_BITS);
    assert_int_equal(*fixture_entry(giant_address + (1 << 30), 2), 0xc0000000 | LARGE_BITS);
    for (uint64_t i = 0; i < 3; i++)
        assert_int_equal(*fixture_entry(giant_address + (1 << 30) + (1 << 21) + i * 4096, 1),
                         (0xc0200000 + i * 4096) | DATA_BITS);
    assert_int_equal(error_at(giant_address + (1 << 30) + (1 << 21) + 3 * 4096), MAP_NOT_MAPPED);
    assert_int_equal(error_at(giant_address - 4097), MAP_NOT_MAPPED);
}

static void no_page_is_larger_than_the_caller_and_the_cpu_allow(void **state)
{
    (void)state;
    assert_int_equal(map(giant_address, 0x80000000, IN_1G, PAGE_SIZE_2M), MAP_OK);
    expect_table_full_of_leaves(giant_address, 2, 0x80000000 | LARGE_BITS, 0x200000);
    fixture_setup(state);
    fixture_mapper.has_1g_pages = false;
    assert_int_equal(map(giant_address, 0x80000000, IN_1G, PAGE_SIZE_1G), MAP_OK);
    expect_table_full_of_leaves(giant_address, 2, 0x80000000 | LARGE_BITS, 0x200000);
    assert_int_equal(map(giant_address + (1 << 30), 0x80000000, IN_2M, PAGE_SIZE_4K), MAP_OK);
    expect_table_full_of_leaves(giant_address + (1 << 30), 1, 0x80000000 | DATA_BITS, 4096);
    EXPECT_PANIC("no such page size: 7", (void)map(giant_address, 0, 1, 7));
}

static void addresses_that_do_not_match_get_small_pages(void **state)
{
    (void)state;
    assert_int_equal(map(giant_address, 0x80001000, IN_2M, PAGE_SIZE_1G), MAP_OK);
    expect_table_full_of_leaves(giant_address, 1, 0x80001000 | DATA_BITS, 4096);
    assert_int_equal(map(giant_address + 0x40000000, 0x80200000, IN_1G, PAGE_SIZE_1G), MAP_OK);
    expect_table_full_of_leaves(giant_address + 0x40000000, 2, 0x80200000 | LARGE_BITS, 0x200000);
}

static void a_gigabyte_of_small_pages_takes_514_tables(void **state)
{
    (void)state;
    uint64_t before = fixture_free_frames();
    assert_int_equal(map(giant_address, 0x80000000, IN_1G, PAGE_SIZE_4K), MAP_OK);
    assert_int_equal(fixture_free_frames(), before - 514);
    assert_int_equal(fixture_table_count(), 514);
    for (uint64_t i = 0; i < 512; i++)
        expect_table_full_of_leaves(giant_address + (i << 21), 1, (0x80000000 + (i << 21)) | DATA_BITS, 4096);
}

static void a_range_over_the_borders_of_tables_uses_what_is_there(void **state)
{
    (void)state;
    uint64_t start = 0xffffc08000000000 - 2 * 4096; /* level 3, 2 and 1 tables end behind two pages */
    assert_int_equal(map_one(start - 4096, 0x1000), MAP_OK);
    uint64_t before = fixture_free_frames();
    assert_int_equal(map(start, 0x456000, 4, PAGE_SIZE_1G), MAP_OK);
    assert_int_equal(fixture_free_frames(), before - 3);
    assert_int_equal(fixture_table_count(), 6);
    for (uint64_t i = 0; i < 4; i++)
        assert_int_equal(*fixture_entry(start + i * 4096, 1), (0x456000 + i * 4096) | DATA_BITS);
    assert_int_equal(*fixture_entry(start - 4096, 1), 0x1000 | DATA_BITS);
}

static void a_table_that_is_there_already_is_filled(void **state)
{
    (void)state;
    assert_int_equal(map_one(giant_address + 0x203000, 0x1000), MAP_OK);
    assert_int_equal(ignore(unmap(&fixture_mapper, page(giant_address + 0x203000))).error, MAP_OK);
    uint64_t before = fixture_free_frames();
    assert_int_equal(map(giant_address, 0x80000000, 3 * IN_2M, PAGE_SIZE_1G), MAP_OK);
    assert_int_equal(fixture_free_frames(), before);
    assert_int_equal(*fixture_entry(giant_address, 2), 0x80000000 | LARGE_BITS);
    expect_table_full_of_leaves(giant_address + 0x200000, 1, 0x80200000 | DATA_BITS, 4096);
    assert_int_equal(*fixture_entry(giant_address + 0x400000, 2), 0x80400000 | LARGE_BITS);
}

static void both_halves_can_be_mapped_to_their_ends(void **state)
{
    static const uint64_t starts[] = {0x7fffffffe000, 0xffffffffffffe000};
    (void)state;
    for (int i = 0; i < 2; i++) {
        fixture_snapshot();
        assert_int_equal(map(starts[i], 0x456000, 3, PAGE_SIZE_1G), MAP_BAD_RANGE);
        assert_int_equal(map(starts[i], 0x456000, UINT64_MAX, PAGE_SIZE_1G), MAP_BAD_RANGE);
        fixture_expect_unchanged();
        assert_int_equal(map(starts[i], 0x456000, 2, PAGE_SIZE_1G), MAP_OK);
        assert_int_equal(*fixture_entry(starts[i] + 4096, 1), 0x457000 | DATA_BITS);
    }
}

static void bad_ranges_and_flags_change_nothing(void **state)
{
    (void)state;
    page_4k first = page(giant_address);
    fixture_snapshot();
    assert_int_equal(map(giant_address, 0x456000, 0, PAGE_SIZE_1G), MAP_BAD_RANGE);
    assert_int_equal(map(giant_address, (1ull << 46) - 4096, 2, PAGE_SIZE_1G), MAP_FRAME_TOO_HIGH);
    assert_int_equal(map(giant_address, 1ull << 46, 1, PAGE_SIZE_1G), MAP_FRAME_TOO_HIGH);
    assert_int_equal(ignore(map_range(&fixture_mapper, (page_range_4k){first, 2}, frame(0),
                                      PAGE_FLAGS(PRESENT, WRITABLE), PAGE_SIZE_4K)),
                     MAP_WRITABLE_EXECUTABLE);
    assert_int_equal(
        ignore(map_range(&fixture_mapper, (page_range_4k){first, 2}, frame(0), PAGE_FLAGS(), PAGE_SIZE_4K)),
        MAP_FLAGS_NOT_ALLOWED);
    assert_int_equal(ignore(update_flags_range(&fixture_mapper, (page_range_4k){first, 0}, DATA)), MAP_BAD_RANGE);
    struct frame_list frames;
    assert_int_equal(ignore(unmap_range(&fixture_mapper, (page_range_4k){first, 0}, &frames)).error, MAP_BAD_RANGE);
    assert_int_equal(frame_list_length(&frames), 0);
    fixture_expect_unchanged();
    assert_int_equal(map(giant_address, (1ull << 46) - 4096, 1, PAGE_SIZE_1G), MAP_OK);
}

static void pages_that_no_constructor_made_panic(void **state)
{
    (void)state;
    page_4k hole = {{0x0000800000000000}};
    page_4k unaligned = {{0xffffc00000000800}};
    struct frame_list frames;
    EXPECT_PANIC("range from 0x800000000000",
                 assert_false(ignore(map_range(&fixture_mapper, (page_range_4k){hole, 1}, frame(0), DATA,
                                               PAGE_SIZE_4K)) == MAP_OK));
    EXPECT_PANIC("range from 0xffffc00000000800",
                 assert_false(ignore(map_range(&fixture_mapper, (page_range_4k){unaligned, 1}, frame(0), DATA,
                                               PAGE_SIZE_4K)) == MAP_OK));
    EXPECT_PANIC(
        "range from 0x800000000000",
        assert_false(ignore(unmap_range(&fixture_mapper, (page_range_4k){hole, 1}, &frames)).error == MAP_OK));
    EXPECT_PANIC("range from 0x800000000000", assert_false(ignore(clean_up(&fixture_mapper, (page_range_4k){hole, 1},
                                                                           KERNEL_TABLES_OWN)) == MAP_OK));
}

static void a_range_that_meets_a_mapping_changes_nothing(void **state)
{
    static const uint64_t offsets[] = {0, 1, 511, 512, 513, 1023, 1024, 1299};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(offsets); i++) {
        fixture_setup(state);
        assert_int_equal(map_one(giant_address + offsets[i] * 4096, 0x1000), MAP_OK);
        fixture_snapshot();
        assert_int_equal(map(giant_address, 0x80000000, 1300, PAGE_SIZE_4K), MAP_ALREADY_MAPPED);
        assert_int_equal(map(giant_address, 0x80000000, 1300, PAGE_SIZE_1G), MAP_ALREADY_MAPPED);
        fixture_expect_unchanged();
    }
}

static void a_range_that_meets_a_larger_page_changes_nothing(void **state)
{
    (void)state;
    page_2m large = page_2m_at(virt_addr_new(giant_address + 0x200000));
    assert_int_equal(ignore(map_to(&fixture_mapper, large, frame_2m_at(phys_addr_new(0)), DATA)), MAP_OK);
    fixture_snapshot();
    assert_int_equal(map(giant_address, 0x80000000, 513, PAGE_SIZE_4K), MAP_INSIDE_HUGE_PAGE);
    assert_int_equal(map(giant_address + 0x201000, 0x80000000, 1, PAGE_SIZE_1G), MAP_INSIDE_HUGE_PAGE);
    assert_int_equal(map(giant_address, 0x80000000, 2 * IN_2M, PAGE_SIZE_2M), MAP_ALREADY_MAPPED);
    assert_int_equal(map(giant_address, 0x80000000, IN_1G, PAGE_SIZE_1G), MAP_ALREADY_MAPPED);
    fixture_expect_unchanged();
}

/* Spoils (or, for a foreign table, flips a bit of) the entry for the third page's way at `level` and expects every call on the range to say so. */
static void expect_spoiled(int level, uint64_t entry, enum map_error expected)
{
    struct frame_list frames;
    uint64_t start = giant_address - 2 * 4096;
    fixture_reset(FIXTURE_FRAMES - 2);
    assert_int_equal(map(start, 0x456000, 4, PAGE_SIZE_4K), MAP_OK);
    uint64_t *spoiled = fixture_entry(giant_address, level);
    *spoiled = expected == MAP_FOREIGN_TABLE ? *spoiled ^ entry : entry;
    *fixture_entry(start, 1) = 0;
    *fixture_entry(start + 4096, 1) = 0;
    fixture_snapshot();
    assert_int_equal(map(start, 0x456000, 4, PAGE_SIZE_4K), expected);
    fixture_expect_unchanged();
    *fixture_entry(start, 1) = 0x456001;
    *fixture_entry(start + 4096, 1) = 0x457001;
    fixture_snapshot();
    assert_int_equal(ignore(update_flags_range(&fixture_mapper, (page_range_4k){page(start), 4}, READABLE)),
                     expected);
    struct unmapped_range unmapped = ignore(unmap_range(&fixture_mapper, (page_range_4k){page(start), 4}, &frames));
    if (expected == MAP_FOREIGN_TABLE) {
        assert_int_equal(unmapped.error, MAP_OK);
        return;
    }
    assert_int_equal(unmapped.error, expected);
    assert_int_equal(unmapped.count, 0);
    assert_int_equal(frame_list_length(&frames), 0);
    fixture_expect_unchanged();
}

static void what_is_wrong_on_the_way_is_named_and_nothing_changes(void **state)
{
    (void)state;
    expect_spoiled(1, 0x200, MAP_MARKED_NOT_PRESENT);
    for (int level = 2; level <= 3; level++) {
        expect_spoiled(level, 0x200, MAP_MARKED_NOT_PRESENT);
        expect_spoiled(level, 0x3, MAP_DAMAGED_TABLE);                /* a table in frame 0 */
        expect_spoiled(level, FIXTURE_BYTES | 3, MAP_DAMAGED_TABLE);  /* beyond the window */
        expect_spoiled(level, 0x000ffffffffff003, MAP_DAMAGED_TABLE); /* beyond the CPU */
        expect_spoiled(level, 4, MAP_FOREIGN_TABLE);
        expect_spoiled(level, NO_EXECUTE_BIT, MAP_FOREIGN_TABLE);
    }
}

static void damage_at_the_root_and_in_leaves_is_named(void **state)
{
    struct frame_list frames;
    (void)state;
    assert_int_equal(map(giant_address, 0x80000000, IN_2M, PAGE_SIZE_2M), MAP_OK);
    *fixture_entry(giant_address, 2) |= 1 << 13;
    fixture_snapshot();
    assert_int_equal(map(giant_address, 0x80000000, IN_2M, PAGE_SIZE_2M), MAP_DAMAGED_TABLE);
    assert_int_equal(ignore(unmap_range(&fixture_mapper, (page_range_4k){page(giant_address), IN_2M}, &frames)).error,
                     MAP_DAMAGED_TABLE);
    assert_int_equal(ignore(update_flags_range(&fixture_mapper, (page_range_4k){page(giant_address), IN_2M}, DATA)),
                     MAP_DAMAGED_TABLE);
    fixture_expect_unchanged();
    *fixture_entry(giant_address, 4) = 0x2083;
    fixture_snapshot();
    assert_int_equal(map(giant_address, 0x80000000, IN_2M, PAGE_SIZE_2M), MAP_DAMAGED_TABLE);
    assert_int_equal(ignore(unmap_range(&fixture_mapper, (page_range_4k){page(giant_address), IN_2M}, &frames)).error,
                     MAP_DAMAGED_TABLE);
    fixture_expect_unchanged();
}

/* 3 tables at first, then one more behind each border: 2 MiB, 1 GiB and 512 GiB borders are all crossed. */
static void out_of_frames_at_any_point_changes_nothing(void **state)
{
    uint64_t start = 0xffffc08000000000 - 0x201000;
    uint64_t count = 1 + 512 + 513;
    (void)state;
    assert_int_equal(map(start, 0x456000, count, PAGE_SIZE_4K), MAP_OK);
    uint64_t needed = fixture_table_count();
    assert_int_equal(needed, 4 + 4);
    for (uint64_t left = 0; left <= needed; left++) {
        fixture_reset(FIXTURE_FRAMES - 2);
        fixture_drain(left);
        fixture_snapshot();
        assert_int_equal(map(start, 0x456000, count, PAGE_SIZE_4K), left < needed ? MAP_NO_FRAME : MAP_OK);
        if (left < needed)
            fixture_expect_unchanged();
        else
            expect_range(start, 0x456000, count);
    }
}

static void a_frame_outside_the_window_becomes_no_table(void **state)
{
    (void)state;
    fixture_mapper.table_limit = 4; /* the root is 1; 2 and 3 can be tables */
    fixture_snapshot();
    assert_int_equal(map(giant_address, 0x456000, 2, PAGE_SIZE_4K), MAP_NO_FRAME);
    fixture_expect_unchanged();
}

#define WITH_MEMORY(test) cmocka_unit_test_setup(test, fixture_setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_MEMORY(a_range_maps_to_consecutive_frames),
        WITH_MEMORY(the_largest_pages_that_fit_are_used),
        WITH_MEMORY(no_page_is_larger_than_the_caller_and_the_cpu_allow),
        WITH_MEMORY(addresses_that_do_not_match_get_small_pages),
        WITH_MEMORY(a_gigabyte_of_small_pages_takes_514_tables),
        WITH_MEMORY(a_range_over_the_borders_of_tables_uses_what_is_there),
        WITH_MEMORY(a_table_that_is_there_already_is_filled),
        WITH_MEMORY(both_halves_can_be_mapped_to_their_ends),
        WITH_MEMORY(bad_ranges_and_flags_change_nothing),
        WITH_MEMORY(pages_that_no_constructor_made_panic),
        WITH_MEMORY(a_range_that_meets_a_mapping_changes_nothing),
        WITH_MEMORY(a_range_that_meets_a_larger_page_changes_nothing),
        WITH_MEMORY(what_is_wrong_on_the_way_is_named_and_nothing_changes),
        WITH_MEMORY(damage_at_the_root_and_in_leaves_is_named),
        WITH_MEMORY(out_of_frames_at_any_point_changes_nothing),
        WITH_MEMORY(a_frame_outside_the_window_becomes_no_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
