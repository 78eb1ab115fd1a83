/* SPDX-License-Identifier: MIT */
/* Tables that hang in two places, which only damage makes: nothing hangs, and no frame goes back twice. */
#include "memory_fixture.h"

#define DATA PAGE_FLAGS(PRESENT, WRITABLE, NO_EXECUTE)

static const uint64_t base = 0xffffc00000000000;

static page_range_4k pages(uint64_t count)
{
    return (page_range_4k){page_4k_at(virt_addr_new(base)), count};
}

static void map(uint64_t address)
{
    frame_4k frame = frame_4k_at(phys_addr_new(0x456000));
    assert_int_equal(ignore(map_to(&fixture_mapper, page_4k_at(virt_addr_new(address)), frame, DATA)), MAP_OK);
}

static void unmap_again(uint64_t address)
{
    assert_int_equal(ignore(unmap(&fixture_mapper, page_4k_at(virt_addr_new(address)))).error, MAP_OK);
}

/* An empty level 1 table for the first 2 MiB from `base`, linked for the 2 MiB behind them too. */
static void link_twice(void)
{
    map(base);
    unmap_again(base);
    *fixture_entry(base + PAGE_2M_BYTES, 2) = *fixture_entry(base, 2);
}

static enum map_error map_table_twice(uint64_t count)
{
    frame_4k first = frame_4k_at(phys_addr_new(0x1000000));
    return ignore(map_range(&fixture_mapper, pages(count), first, DATA, PAGE_SIZE_4K));
}

static uint64_t unmap_table_twice(void)
{
    static struct frame_list frames;
    return ignore(unmap_range(&fixture_mapper, pages(1024), &frames)).count;
}

static void mapping_over_a_table_twice_panics_and_does_not_hang(void **state)
{
    (void)state;
    link_twice();
    EXPECT_PANIC("hangs in two places", { assert_int_equal(map_table_twice(1024), MAP_OK); });
}

static void unmapping_a_table_twice_panics_and_does_not_hang(void **state)
{
    (void)state;
    link_twice();
    assert_int_equal(map_table_twice(512), MAP_OK);
    EXPECT_PANIC("hangs in two places", { assert_int_equal(unmap_table_twice(), 1024); });
}

static void an_empty_table_that_hangs_twice_goes_back_once(void **state)
{
    uint64_t before = fixture_free_frames();
    (void)state;
    link_twice();
    enum map_error error = flush(clean_up_all(&fixture_mapper, KERNEL_TABLES_OWN));
    assert_int_equal(error, MAP_OK);
    assert_int_equal(fixture_free_frames(), before);
    assert_int_equal(fixture_table_count(), 0);
}

/* Behind another table in the list, its link there is not 0. */
static void so_does_one_that_is_not_the_first_to_go(void **state)
{
    uint64_t before = fixture_free_frames();
    (void)state;
    map(0x400000);
    unmap_again(0x400000);
    link_twice();
    enum map_error error = flush(clean_up_all(&fixture_mapper, KERNEL_TABLES_OWN));
    assert_int_equal(error, MAP_OK);
    assert_int_equal(fixture_free_frames(), before);
    assert_int_equal(fixture_table_count(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(mapping_over_a_table_twice_panics_and_does_not_hang, fixture_setup),
        cmocka_unit_test_setup(unmapping_a_table_twice_panics_and_does_not_hang, fixture_setup),
        cmocka_unit_test_setup(an_empty_table_that_hangs_twice_goes_back_once, fixture_setup),
        cmocka_unit_test_setup(so_does_one_that_is_not_the_first_to_go, fixture_setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
