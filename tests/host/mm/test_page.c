/* SPDX-License-Identifier: MIT */
#include "panic_double.h"

#include <tenorite/mm/page.h>

/* Hides a constant from the compiler, which would refuse it. */
static uint64_t unknown(uint64_t value)
{
    volatile uint64_t hidden = value;
    return hidden;
}

static void page_at_takes_aligned_addresses_only(void **state)
{
    (void)state;
    assert_int_equal(page_4k_at(virt_addr_new(unknown(0xdeadb000))).start.value, 0xdeadb000);
    assert_int_equal(page_2m_at(virt_addr_new(unknown(0xffff800000200000))).start.value, 0xffff800000200000);
    assert_int_equal(frame_1g_at(phys_addr_new(unknown(0x40000000))).start.value, 0x40000000);
    EXPECT_PANIC("0xdeadb001 is not the start of a page_4k", (void)page_4k_at(virt_addr_new(unknown(0xdeadb001))));
    EXPECT_PANIC("0x201000 is not the start of a page_2m", (void)page_2m_at(virt_addr_new(unknown(0x201000))));
    EXPECT_PANIC("0x40200000 is not the start of a frame_1g", (void)frame_1g_at(phys_addr_new(unknown(0x40200000))));
}

static void try_at_reports_misalignment(void **state)
{
    (void)state;
    struct page_4k_result page = page_4k_try_at(virt_addr_new(unknown(0x5000)));
    assert_true(page.is_valid);
    assert_int_equal(page.value.start.value, 0x5000);
    assert_false(page_4k_try_at(virt_addr_new(unknown(0x5008))).is_valid);
    assert_false(frame_2m_try_at(phys_addr_new(unknown(0x1ff000))).is_valid);
    assert_true(frame_2m_try_at(phys_addr_new(unknown(0x400000))).is_valid);
}

static void containing_rounds_down(void **state)
{
    (void)state;
    uint64_t last = 0xffffffffffffffff;
    assert_int_equal(page_4k_containing(virt_addr_new(unknown(last))).start.value, 0xfffffffffffff000);
    assert_int_equal(page_2m_containing(virt_addr_new(unknown(last))).start.value, 0xffffffffffe00000);
    assert_int_equal(page_1g_containing(virt_addr_new(unknown(last))).start.value, 0xffffffffc0000000);
    assert_int_equal(frame_4k_containing(phys_addr_new(unknown(0xdeadbeef))).start.value, 0xdeadb000);
}

static void number_counts_from_address_0(void **state)
{
    (void)state;
    assert_int_equal(frame_4k_number(frame_4k_at(phys_addr_new(unknown(0x7000)))), 7);
    assert_int_equal(frame_2m_number(frame_2m_at(phys_addr_new(unknown(0x600000)))), 3);
}

static void size_in_bytes(void **state)
{
    (void)state;
    assert_int_equal(page_size_bytes(PAGE_SIZE_4K), 0x1000);
    assert_int_equal(page_size_bytes(PAGE_SIZE_2M), 0x200000);
    assert_int_equal(page_size_bytes(PAGE_SIZE_1G), 0x40000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_at_takes_aligned_addresses_only),
        cmocka_unit_test(try_at_reports_misalignment),
        cmocka_unit_test(containing_rounds_down),
        cmocka_unit_test(number_counts_from_address_0),
        cmocka_unit_test(size_in_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
