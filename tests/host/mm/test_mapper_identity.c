/* SPDX-License-Identifier: MIT */
/* Pages at the address of their own frame. The oracle is the tables themselves, read by hand (fixture_entry). */
#include "memory_fixture.h"

#define NO_EXECUTE_BIT 0x8000000000000000ull
#define READABLE PAGE_FLAGS(PRESENT, NO_EXECUTE)

static frame_4k frame(uint64_t address)
{
    return frame_4k_at(phys_addr_new(address));
}

static void identity_map_maps_each_size_at_its_own_address(void **state)
{
    (void)state;
    frame_2m large = frame_2m_at(phys_addr_new(0x600000));
    frame_1g giant = frame_1g_at(phys_addr_new(0x80000000));
    assert_int_equal(flush(identity_map(&fixture_mapper, frame(0x456000), READABLE)), MAP_OK);
    assert_int_equal(paging_double.last_flushed_page.value, 0x456000);
    assert_int_equal(ignore(identity_map(&fixture_mapper, large, READABLE)), MAP_OK);
    assert_int_equal(ignore(identity_map(&fixture_mapper, giant, READABLE)), MAP_OK);
    assert_int_equal(*fixture_entry(0x456000, 1), 0x456001 | NO_EXECUTE_BIT);
    assert_int_equal(*fixture_entry(0x600000, 2), 0x600081 | NO_EXECUTE_BIT);
    assert_int_equal(*fixture_entry(0x80000000, 3), 0x80000081 | NO_EXECUTE_BIT);
    assert_int_equal(ignore(identity_map(&fixture_mapper, frame(0x456000), READABLE)), MAP_ALREADY_MAPPED);
}

static void identity_map_refuses_addresses_that_are_not_of_the_lower_half(void **state)
{
    (void)state;
    fixture_mapper.frame_limit = 1ull << 40;
    frame_2m large = frame_2m_at(phys_addr_new(1ull << 47));
    frame_1g giant = frame_1g_at(phys_addr_new(1ull << 51));
    fixture_snapshot();
    assert_int_equal(flush(identity_map(&fixture_mapper, frame(1ull << 47), READABLE)), MAP_NO_IDENTITY);
    assert_int_equal(flush(identity_map(&fixture_mapper, large, READABLE)), MAP_NO_IDENTITY);
    assert_int_equal(flush(identity_map(&fixture_mapper, giant, READABLE)), MAP_NO_IDENTITY);
    assert_int_equal(paging_double.page_flush_count, 0);
    fixture_expect_unchanged();
    assert_int_equal(ignore(identity_map(&fixture_mapper, frame((1ull << 47) - 4096), READABLE)), MAP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(identity_map_maps_each_size_at_its_own_address, fixture_setup),
        cmocka_unit_test_setup(identity_map_refuses_addresses_that_are_not_of_the_lower_half, fixture_setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
