/* SPDX-License-Identifier: MIT */
/* Empty tables are taken away. The oracle counts tables by following the entries (fixture_table_count). */
#include "memory_fixture.h"

#define DATA PAGE_FLAGS(PRESENT, WRITABLE, NO_EXECUTE)

static const uint64_t kernel_address = 0xffffc00000123000;
static const uint64_t first_kernel_address = 0xffff800000000000;
static const uint64_t lower_address = 0x400000;

static page_4k page(uint64_t address)
{
    return page_4k_at(virt_addr_new(address));
}

static void map(uint64_t address)
{
    frame_4k frame = frame_4k_at(phys_addr_new(0x456000));
    assert_int_equal(ignore(map_to(&fixture_mapper, page(address), frame, DATA)), MAP_OK);
}

static void unmap_again(uint64_t address)
{
    assert_int_equal(ignore(unmap(&fixture_mapper, page(address))).error, MAP_OK);
}

static enum map_error clean(uint64_t first, uint64_t count)
{
    return flush(clean_up(&fixture_mapper, (page_range_4k){page(first), count}, KERNEL_TABLES_OWN));
}

static enum map_error clean_all(void)
{
    return flush(clean_up_all(&fixture_mapper, KERNEL_TABLES_OWN));
}

static void empty_tables_of_all_levels_go_back_and_the_root_stays(void **state)
{
    uint64_t before = fixture_free_frames();
    (void)state;
    map(kernel_address);
    unmap_again(kernel_address);
    assert_int_equal(fixture_table_count(), 3);
    assert_int_equal(clean_all(), MAP_OK);
    assert_int_equal(fixture_table_count(), 0);
    assert_int_equal(fixture_free_frames(), before);
    assert_int_equal(paging_double.full_flush_count, 1);
    map(kernel_address);
    assert_int_equal(fixture_free_frames(), before - 3);
}

static void a_table_with_one_entry_stays(void **state)
{
    (void)state;
    map(kernel_address);
    map(kernel_address + 0x200000);
    map(kernel_address + 0x40000000);
    unmap_again(kernel_address + 0x200000);
    unmap_again(kernel_address + 0x40000000);
    map(kernel_address & ~0x1fffffull);
    map((kernel_address & ~0x1fffffull) + 0x5ff000); /* the first and the last entry */
    unmap_again(kernel_address);
    assert_int_equal(fixture_table_count(), 7);
    assert_int_equal(clean_all(), MAP_OK);
    assert_int_equal(fixture_table_count(), 4);
    map(kernel_address);
    assert_int_equal(translate(&fixture_mapper, virt_addr_new(kernel_address)).error, MAP_OK);
    fixture_snapshot();
    assert_int_equal(clean_all(), MAP_OK);
    fixture_expect_unchanged();
}

static void larger_pages_and_markers_are_entries(void **state)
{
    page_2m large = page_2m_at(virt_addr_new(0xffffc00040200000));
    page_1g giant = page_1g_at(virt_addr_new(0xffffc08000000000));
    (void)state;
    assert_int_equal(ignore(map_to(&fixture_mapper, large, frame_2m_at(phys_addr_new(0)), DATA)), MAP_OK);
    assert_int_equal(ignore(map_to(&fixture_mapper, giant, frame_1g_at(phys_addr_new(0)), DATA)), MAP_OK);
    map(kernel_address);
    *fixture_entry(kernel_address, 1) = 0x200;
    fixture_snapshot();
    assert_int_equal(clean_all(), MAP_OK);
    fixture_expect_unchanged();
}

/* Without execute protection, a large page that is writable has the permissions of a table's link. */
static void a_large_page_is_not_taken_for_a_table(void **state)
{
    page_2m large = page_2m_at(virt_addr_new(0xffffc00040200000));
    (void)state;
    fixture_mapper.has_no_execute = false;
    memset(fixture_memory[512], 0, 4096);
    assert_int_equal(ignore(map_to(&fixture_mapper, large, frame_2m_at(phys_addr_new(512 * 4096)), DATA)), MAP_OK);
    fixture_snapshot();
    assert_int_equal(clean_all(), MAP_OK);
    fixture_expect_unchanged();
}

static void a_range_frees_only_tables_it_touches(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 4; i++)
        map(kernel_address + i * 0x200000);
    for (uint64_t i = 0; i < 4; i++)
        unmap_again(kernel_address + i * 0x200000);
    uint64_t *level_2 = fixture_entry(kernel_address, 2);
    assert_int_equal(clean(kernel_address + 0x200000, 513), MAP_OK);
    assert_int_not_equal(level_2[0], 0);
    assert_int_equal(level_2[1], 0);
    assert_int_equal(level_2[2], 0);
    assert_int_not_equal(level_2[3], 0);
    map(kernel_address);
    assert_int_equal(clean(kernel_address + 0x1000, 4), MAP_OK); /* empty in the range, not as a table */
    assert_int_equal(translate(&fixture_mapper, virt_addr_new(kernel_address)).error, MAP_OK);
    unmap_again(kernel_address);
    assert_int_equal(clean(kernel_address, 1), MAP_OK);
    assert_int_equal(fixture_table_count(), 3);
    assert_int_equal(clean(kernel_address + 0x600000, 1), MAP_OK);
    assert_int_equal(fixture_table_count(), 0);
}

static void the_hole_between_the_halves_is_jumped(void **state)
{
    static const uint64_t ends[] = {0, 0x7ffffffff000, 0xffff800000000000, 0xfffffffffffff000};
    uint64_t before = fixture_free_frames();
    (void)state;
    for (int i = 0; i < 4; i++)
        map(ends[i]);
    for (int i = 0; i < 4; i++)
        unmap_again(ends[i]);
    assert_int_equal(fixture_table_count(), 12);
    assert_int_equal(clean(ends[1], 2), MAP_OK); /* the page behind the lower half is the upper half's first */
    assert_int_equal(fixture_table_count(), 6);
    assert_int_equal(clean_all(), MAP_OK);
    assert_int_equal(fixture_free_frames(), before);
}

static void shared_tables_of_the_kernel_half_stay_linked(void **state)
{
    (void)state;
    map(kernel_address);
    map(first_kernel_address);
    map(lower_address);
    unmap_again(kernel_address);
    unmap_again(first_kernel_address);
    unmap_again(lower_address);
    uint64_t shared = *fixture_entry(kernel_address, 4);
    assert_int_equal(flush(clean_up_all(&fixture_mapper, KERNEL_TABLES_SHARED)), MAP_OK);
    assert_int_equal(*fixture_entry(kernel_address, 4), shared);
    assert_int_not_equal(*fixture_entry(first_kernel_address, 4), 0);
    assert_int_equal(fixture_table_count(), 2);
    assert_int_equal(flush(clean_up(&fixture_mapper, (page_range_4k){page(kernel_address), 5}, KERNEL_TABLES_SHARED)),
                     MAP_OK);
    assert_int_equal(fixture_table_count(), 2);
    assert_int_equal(clean_all(), MAP_OK);
    assert_int_equal(fixture_table_count(), 0);
}

static void bad_ranges_change_nothing(void **state)
{
    (void)state;
    map(0xfffffffffffff000);
    unmap_again(0xfffffffffffff000);
    fixture_snapshot();
    assert_int_equal(clean(0xfffffffffffff000, 0), MAP_BAD_RANGE);
    assert_int_equal(clean(0xfffffffffffff000, 2), MAP_BAD_RANGE);
    assert_int_equal(clean(0, UINT64_MAX), MAP_BAD_RANGE);
    fixture_expect_unchanged();
    assert_int_equal(paging_double.full_flush_count, 0);
    assert_int_equal(clean(0xfffffffffffff000, 1), MAP_OK);
    assert_int_equal(fixture_table_count(), 0);
}

static void damage_in_the_range_is_named_and_nothing_is_unlinked(void **state)
{
    static const uint64_t damage[] = {0x3, FIXTURE_BYTES | 3, 0x000ffffffffff003};
    (void)state;
    for (int level = 2; level <= 4; level++) {
        for (size_t i = 0; i < COUNT_OF(damage); i++) {
            fixture_setup(state);
            map(lower_address);
            unmap_again(lower_address);
            map(kernel_address);
            *fixture_entry(kernel_address, level) = damage[i];
            fixture_snapshot();
            assert_int_equal(clean_all(), MAP_DAMAGED_TABLE);
            fixture_expect_unchanged();
            assert_int_equal(clean(lower_address, 1), MAP_OK);
        }
    }
}

static void tables_of_other_permissions_are_left_alone(void **state)
{
    (void)state;
    for (int level = 2; level <= 4; level++) {
        fixture_setup(state);
        map(kernel_address);
        unmap_again(kernel_address);
        *fixture_entry(kernel_address, level) ^= 4;
        assert_int_equal(clean_all(), MAP_OK);
        assert_int_equal(fixture_table_count(), 3);
    }
}

/* Through a root that refers to itself, each level 3 table looks like one of level 2, which nobody shares. */
static void a_root_that_refers_to_itself_leads_to_no_table(void **state)
{
    (void)state;
    map(kernel_address);
    map(lower_address);
    unmap_again(kernel_address);
    unmap_again(lower_address);
    uint64_t *root = fixture_memory[fixture_mapper.root];
    uint64_t shared = *fixture_entry(kernel_address, 4);
    root[510] = fixture_mapper.root << 12 | 3;
    assert_int_equal(flush(clean_up_all(&fixture_mapper, KERNEL_TABLES_SHARED)), MAP_OK);
    assert_int_equal(root[510], fixture_mapper.root << 12 | 3);
    assert_int_equal(*fixture_entry(kernel_address, 4), shared);
    root[510] = 0;
    assert_int_equal(fixture_table_count(), 1);
}

/* A CPU that has a table in its caches may walk it until the flush. */
static void unlinked_tables_show_no_page_before_the_flush(void **state)
{
    uint64_t tables[3];
    (void)state;
    map(kernel_address);
    unmap_again(kernel_address);
    for (int level = 4; level > 1; level--)
        tables[level - 2] = (*fixture_entry(kernel_address, level) & 0x000ffffffffff000) >> 12;
    MUST_FLUSH(token, clean_up_all(&fixture_mapper, KERNEL_TABLES_OWN));
    assert_int_equal(held_error(&token), MAP_OK);
    for (int table = 0; table < 3; table++) {
        for (int i = 0; i < 512; i++)
            assert_int_equal(fixture_memory[tables[table]][i] & 1, 0);
    }
    flush_held(&token);
}

#define WITH_MEMORY(test) cmocka_unit_test_setup(test, fixture_setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_MEMORY(empty_tables_of_all_levels_go_back_and_the_root_stays),
        WITH_MEMORY(a_table_with_one_entry_stays),
        WITH_MEMORY(larger_pages_and_markers_are_entries),
        WITH_MEMORY(a_large_page_is_not_taken_for_a_table),
        WITH_MEMORY(a_range_frees_only_tables_it_touches),
        WITH_MEMORY(the_hole_between_the_halves_is_jumped),
        WITH_MEMORY(shared_tables_of_the_kernel_half_stay_linked),
        WITH_MEMORY(bad_ranges_change_nothing),
        WITH_MEMORY(damage_in_the_range_is_named_and_nothing_is_unlinked),
        WITH_MEMORY(tables_of_other_permissions_are_left_alone),
        WITH_MEMORY(a_root_that_refers_to_itself_leads_to_no_table),
        WITH_MEMORY(unlinked_tables_show_no_page_before_the_flush),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
