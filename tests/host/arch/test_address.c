/* SPDX-License-Identifier: MIT */
#include "panic_double.h"

#include <tenorite/arch/address.h>

static const uint64_t lower_last = 0x00007fffffffffff;
static const uint64_t upper_first = 0xffff800000000000;
static const uint64_t phys_last = 0x000fffffffffffff;

/* Hides a constant from the compiler, which would refuse it. */
static uint64_t unknown(uint64_t value)
{
    volatile uint64_t hidden = value;
    return hidden;
}

static virt_addr virt(uint64_t value)
{
    return virt_addr_new(unknown(value));
}

static phys_addr phys(uint64_t value)
{
    return phys_addr_new(unknown(value));
}

static void only_canonical_values_are_virtual_addresses(void **state)
{
    const uint64_t valid[] = {0, 1, lower_last, upper_first, UINT64_MAX};
    const uint64_t invalid[] = {lower_last + 1, 0x8000000000000000, upper_first - 1, 1ull << 48, 0x00ff800000000000};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(valid); i++) {
        assert_int_equal(virt(valid[i]).value, valid[i]);
        assert_true(virt_addr_try_new(valid[i]).is_valid);
        assert_int_equal(virt_addr_try_new(valid[i]).value.value, valid[i]);
    }
    for (size_t i = 0; i < COUNT_OF(invalid); i++) {
        assert_false(virt_addr_try_new(invalid[i]).is_valid);
        assert_int_equal(virt_addr_try_new(invalid[i]).value.value, 0);
        EXPECT_PANIC("is not canonical", (void)virt_addr_new(unknown(invalid[i])));
    }
    EXPECT_PANIC("0x800000000000 is not canonical", (void)virt(lower_last + 1));
}

static void only_52_bits_are_physical_addresses(void **state)
{
    (void)state;
    assert_int_equal(phys(phys_last).value, phys_last);
    assert_int_equal(phys_addr_try_new(phys_last).value.value, phys_last);
    assert_true(phys_addr_try_new(phys_last).is_valid);
    assert_false(phys_addr_try_new(phys_last + 1).is_valid);
    assert_false(phys_addr_try_new(UINT64_MAX).is_valid);
    EXPECT_PANIC("0x10000000000000 has more than 52 bits", (void)phys(phys_last + 1));
}

static void truncation_repeats_bit_47(void **state)
{
    (void)state;
    assert_int_equal(virt_addr_new_truncate(0).value, 0);
    assert_int_equal(virt_addr_new_truncate(1ull << 47).value, upper_first);
    assert_int_equal(virt_addr_new_truncate(123).value, 123);
    assert_int_equal(virt_addr_new_truncate(123ull << 47).value, upper_first);
    assert_int_equal(virt_addr_new_truncate(1ull << 48).value, 0);
    assert_int_equal(virt_addr_new_truncate(UINT64_MAX).value, UINT64_MAX);
    assert_int_equal(phys_addr_new_truncate(UINT64_MAX).value, phys_last);
    assert_int_equal(phys_addr_new_truncate((1ull << 52) + 123).value, 123);
}

static void null_is_address_0(void **state)
{
    (void)state;
    assert_true(virt_addr_is_null(virt(0)));
    assert_false(virt_addr_is_null(virt(1)));
    assert_false(virt_addr_is_null(virt(upper_first)));
    assert_true(phys_addr_is_null(phys(0)));
    assert_false(phys_addr_is_null(phys(1)));
}

static void pointers_convert_both_ways(void **state)
{
    const int array[4] = {0};
    (void)state;
    assert_int_equal(virt_addr_from_pointer(&array[0]).value, virt_addr_from_pointer(array).value);
    assert_int_equal(virt_addr_from_pointer(&array[1]).value, (uintptr_t)array + sizeof(int));
    assert_ptr_equal(virt_addr_to_pointer(virt_addr_from_pointer(&array[2])), &array[2]);
}

static void sums_panic_on_overflow_and_in_the_hole(void **state)
{
    (void)state;
    assert_int_equal(virt_addr_add(virt(0x1000), 0x234).value, 0x1234);
    assert_int_equal(virt_addr_add(virt(lower_last), 0).value, lower_last);
    assert_int_equal(virt_addr_add(virt(0x1000), upper_first).value, upper_first + 0x1000);
    assert_int_equal(phys_addr_add(phys(phys_last - 1), 1).value, phys_last);
    EXPECT_PANIC("0xffffffffffffffff + 0x1", (void)virt_addr_add(virt(UINT64_MAX), 1));
    EXPECT_PANIC("0x7fffffffffff + 0x1 is no virt_addr", (void)virt_addr_add(virt(lower_last), 1));
    EXPECT_PANIC("0xffff800000000000 + 0xffff800000000000",
                 (void)virt_addr_add(virt(upper_first), unknown(upper_first)));
    EXPECT_PANIC("0xfffffffffffff + 0xffff000000000000",
                 (void)phys_addr_add(phys(phys_last), unknown(0xffff000000000000)));
    EXPECT_PANIC("0xfffffffffffff + 0x1 is no phys_addr", (void)phys_addr_add(phys(phys_last), 1));
    EXPECT_PANIC("0xfffffffffffff + 0xffffffffffffffff", (void)phys_addr_add(phys(phys_last), unknown(UINT64_MAX)));
}

static void differences_panic_on_underflow_and_in_the_hole(void **state)
{
    (void)state;
    assert_int_equal(virt_addr_subtract(virt(0x1234), 0x234).value, 0x1000);
    assert_int_equal(phys_addr_subtract(phys(0x1234), 0x1234).value, 0);
    assert_int_equal(virt_addr_difference(virt(0x1234), virt(0x1000)), 0x234);
    assert_int_equal(virt_addr_difference(virt(upper_first), virt(0)), upper_first);
    assert_int_equal(phys_addr_difference(phys(0x1234), phys(0x1234)), 0);
    EXPECT_PANIC("0 - 0x1 is no virt_addr", (void)virt_addr_subtract(virt(0), 1));
    EXPECT_PANIC("0 - 0x1 is no phys_addr", (void)phys_addr_subtract(phys(0), 1));
    EXPECT_PANIC("0xffff800000000000 - 0x1", (void)virt_addr_subtract(virt(upper_first), 1));
    EXPECT_PANIC("0x1000 - 0x1001", (void)virt_addr_difference(virt(0x1000), virt(0x1001)));
    EXPECT_PANIC("0 - 0x1", (void)phys_addr_difference(phys(0), phys(1)));
}

struct step_case {
    uint64_t from, count;
    bool exists;
    uint64_t to;
};

static void steps_forward_jump_the_hole(void **state)
{
    const struct step_case cases[] = {
        {0, 0, true, 0},
        {0, 1, true, 1},
        {lower_last, 1, true, upper_first},
        {upper_first, 1, true, upper_first + 1},
        {UINT64_MAX, 1, false, 0},
        {UINT64_MAX, 0, true, UINT64_MAX},
        {lower_last, 0x123456789abd, true, 0xffff923456789abc},
        {lower_last, 0x800000000000, true, UINT64_MAX},
        {0x7fffffffff00, 0x8000000000ff, true, UINT64_MAX},
        {0x7fffffffff00, 0x800000000100, false, 0},
        {lower_last, 0x800000000001, false, 0},
        {0, 0xffffffffffff, true, UINT64_MAX},
        {0, 0x1000000000000, false, 0},
        {0, 0x1000000000001, false, 0},
        {0, UINT64_MAX, false, 0},
        {upper_first, UINT64_MAX, false, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct virt_addr_result result = virt_addr_forward(virt(cases[i].from), cases[i].count);
        assert_int_equal(result.is_valid, cases[i].exists);
        assert_int_equal(result.value.value, cases[i].to);
    }
}

static void steps_backward_jump_the_hole(void **state)
{
    const struct step_case cases[] = {
        {0, 0, true, 0},
        {0, 1, false, 0},
        {1, 1, true, 0},
        {upper_first, 1, true, lower_last},
        {upper_first + 1, 1, true, upper_first},
        {0xffff923456789abc, 0x123456789abd, true, lower_last},
        {upper_first, 0x800000000000, true, 0},
        {upper_first, 0x7fffffffff01, true, 0xff},
        {upper_first, 0x800000000001, false, 0},
        {UINT64_MAX, 0xffffffffffff, true, 0},
        {UINT64_MAX, 0x1000000000000, false, 0},
        {UINT64_MAX, UINT64_MAX, false, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct virt_addr_result result = virt_addr_backward(virt(cases[i].from), cases[i].count);
        assert_int_equal(result.is_valid, cases[i].exists);
        assert_int_equal(result.value.value, cases[i].to);
    }
}

static void steps_between_leave_out_the_hole(void **state)
{
    const struct {
        uint64_t from, to;
        bool exists;
        uint64_t count;
    } cases[] = {
        {0, 0, true, 0},
        {0, 1, true, 1},
        {1, 0, false, 0},
        {lower_last, upper_first, true, 1},
        {upper_first, lower_last, false, 0},
        {upper_first, upper_first, true, 0},
        {upper_first, upper_first + 1, true, 1},
        {upper_first + 1, upper_first, false, 0},
        {0, 0x100000000, true, 0x100000000},
        {0, UINT64_MAX, true, 0xffffffffffff},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct steps_result result = virt_addr_steps_between(virt(cases[i].from), virt(cases[i].to));
        assert_int_equal(result.is_valid, cases[i].exists);
        assert_int_equal(result.count, cases[i].count);
    }
}

static void physical_steps_end_at_52_bits(void **state)
{
    (void)state;
    assert_int_equal(phys_addr_forward(phys(lower_last), 1).value.value, lower_last + 1);
    assert_int_equal(phys_addr_forward(phys(0), phys_last).value.value, phys_last);
    assert_false(phys_addr_forward(phys(0), phys_last + 1).is_valid);
    assert_false(phys_addr_forward(phys(phys_last), UINT64_MAX).is_valid);
    assert_int_equal(phys_addr_backward(phys(phys_last), phys_last).value.value, 0);
    assert_true(phys_addr_backward(phys(phys_last), phys_last).is_valid);
    assert_false(phys_addr_backward(phys(phys_last), phys_last + 1).is_valid);
    assert_int_equal(phys_addr_steps_between(phys(5), phys(phys_last)).count, phys_last - 5);
    assert_false(phys_addr_steps_between(phys(6), phys(5)).is_valid);
}

static void alignment_goes_to_the_next_multiple(void **state)
{
    const struct {
        uint64_t value, alignment, up;
    } cases[] = {
        {0, 1, 0},
        {1234, 1, 1234},
        {UINT64_MAX, 1, UINT64_MAX},
        {0, 2, 0},
        {1233, 2, 1234},
        {1234, 2, 1234},
        {UINT64_MAX - 1, 2, UINT64_MAX - 1},
        {0, 128, 0},
        {0, 1, 0},
        {0, 2, 0},
        {0, 1ull << 63, 0},
        {1, 4096, 4096},
        {4096, 4096, 4096},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(virt_addr_align_up(virt(cases[i].value), cases[i].alignment).value, cases[i].up);
    assert_int_equal(virt_addr_align_down(virt(1235), 2).value, 1234);
    assert_int_equal(virt_addr_align_down(virt(UINT64_MAX), 1).value, UINT64_MAX);
    assert_int_equal(phys_addr_align_up(phys(0x1001), 4096).value, 0x2000);
    assert_int_equal(phys_addr_align_down(phys(0x1fff), 4096).value, 0x1000);
}

static void virtual_alignment_leaves_the_hole_out(void **state)
{
    (void)state;
    assert_int_equal(virt_addr_align_up(virt(lower_last), 2).value, upper_first);
    assert_int_equal(virt_addr_align_down(virt(upper_first), 1ull << 48).value, 0);
    assert_int_equal(virt_addr_align_down(virt(upper_first), 1ull << 47).value, upper_first);
}

static void alignment_beyond_the_end_panics(void **state)
{
    (void)state;
    EXPECT_PANIC("0xffffffffffffffff aligned up to 0x2", (void)virt_addr_align_up(virt(UINT64_MAX), 2));
    EXPECT_PANIC("0xfffffffffffff aligned up to 0x2", (void)phys_addr_align_up(phys(phys_last), 2));
}

static void expect_refusal_of_alignment(uint64_t alignment)
{
    EXPECT_PANIC("alignment", (void)virt_addr_align_up(virt(0), alignment));
    EXPECT_PANIC("alignment", (void)virt_addr_align_down(virt(0), alignment));
    EXPECT_PANIC("alignment", (void)virt_addr_is_aligned(virt(0), alignment));
    EXPECT_PANIC("alignment", (void)phys_addr_align_up(phys(0), alignment));
    EXPECT_PANIC("alignment", (void)phys_addr_align_down(phys(0), alignment));
    EXPECT_PANIC("alignment", (void)phys_addr_is_aligned(phys(0), alignment));
}

static void an_alignment_that_is_no_power_of_two_panics(void **state)
{
    (void)state;
    expect_refusal_of_alignment(0);
    expect_refusal_of_alignment(3);
    expect_refusal_of_alignment(UINT64_MAX);
    EXPECT_PANIC("alignment 0xfff", (void)virt_addr_align_up(virt(0), unknown(0xfff)));
}

static void aligned_addresses_are_told(void **state)
{
    (void)state;
    assert_true(virt_addr_is_aligned(virt(0x201000), 4096));
    assert_false(virt_addr_is_aligned(virt(0x201000), 0x200000));
    assert_true(virt_addr_is_aligned(virt(0), 1ull << 63));
    assert_true(phys_addr_is_aligned(phys(0x40000000), 0x40000000));
    assert_false(phys_addr_is_aligned(phys(0x40000001), 2));
}

static void an_address_splits_into_indexes_and_offset(void **state)
{
    const struct {
        uint64_t address;
        uint16_t p4, p3, p2, p1, offset;
    } cases[] = {
        {0x444444440000, 136, 273, 34, 64, 0},      {0xb8000, 0, 0, 0, 184, 0},
        {UINT64_MAX, 511, 511, 511, 511, 4095},     {upper_first, 256, 0, 0, 0, 0},
        {0x7fffffffffff, 255, 511, 511, 511, 4095}, {0x8040201008, 1, 1, 1, 1, 8},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        virt_addr address = virt(cases[i].address);
        assert_int_equal(virt_addr_p4_index(address).value, cases[i].p4);
        assert_int_equal(virt_addr_p3_index(address).value, cases[i].p3);
        assert_int_equal(virt_addr_p2_index(address).value, cases[i].p2);
        assert_int_equal(virt_addr_p1_index(address).value, cases[i].p1);
        assert_int_equal(virt_addr_page_offset(address).value, cases[i].offset);
        assert_int_equal(virt_addr_index(address, PAGE_TABLE_LEVEL_4).value, cases[i].p4);
        assert_int_equal(virt_addr_index(address, PAGE_TABLE_LEVEL_3).value, cases[i].p3);
        assert_int_equal(virt_addr_index(address, PAGE_TABLE_LEVEL_2).value, cases[i].p2);
        assert_int_equal(virt_addr_index(address, PAGE_TABLE_LEVEL_1).value, cases[i].p1);
    }
    assert_int_equal(phys_addr_page_offset(phys(0x12345)).value, 0x345);
}

static void indexes_end_at_511_and_offsets_at_4095(void **state)
{
    (void)state;
    assert_int_equal(page_table_index_new(unknown(511)).value, 511);
    assert_int_equal(page_table_index_truncate(511).value, 511);
    assert_int_equal(page_table_index_truncate(512).value, 0);
    assert_int_equal(page_table_index_truncate(0x10203).value, 3);
    assert_int_equal(page_offset_new(unknown(4095)).value, 4095);
    assert_int_equal(page_offset_truncate(4096 + 7).value, 7);
    EXPECT_PANIC("index 512", (void)page_table_index_new(unknown(512)));
    EXPECT_PANIC("index 65536", (void)page_table_index_new(unknown(65536)));
    EXPECT_PANIC("offset 4096", (void)page_offset_new(unknown(4096)));
    EXPECT_PANIC("offset 65536", (void)page_offset_new(unknown(65536)));
}

static void levels_lead_down_to_1_and_up_to_4(void **state)
{
    (void)state;
    assert_int_equal(page_table_level_next_lower(PAGE_TABLE_LEVEL_4).value, PAGE_TABLE_LEVEL_3);
    assert_int_equal(page_table_level_next_lower(PAGE_TABLE_LEVEL_2).value, PAGE_TABLE_LEVEL_1);
    assert_true(page_table_level_next_lower(PAGE_TABLE_LEVEL_2).is_valid);
    assert_false(page_table_level_next_lower(PAGE_TABLE_LEVEL_1).is_valid);
    assert_int_equal(page_table_level_next_higher(PAGE_TABLE_LEVEL_1).value, PAGE_TABLE_LEVEL_2);
    assert_true(page_table_level_next_higher(PAGE_TABLE_LEVEL_3).is_valid);
    assert_false(page_table_level_next_higher(PAGE_TABLE_LEVEL_4).is_valid);
}

static void levels_know_what_they_map(void **state)
{
    (void)state;
    for (unsigned level = 1; level <= 4; level++) {
        assert_int_equal(page_table_level_entry_bytes((enum page_table_level)level), 1ull << (9 * (level - 1) + 12));
        assert_int_equal(page_table_level_table_bytes((enum page_table_level)level), 1ull << (9 * level + 12));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_canonical_values_are_virtual_addresses),
        cmocka_unit_test(only_52_bits_are_physical_addresses),
        cmocka_unit_test(truncation_repeats_bit_47),
        cmocka_unit_test(null_is_address_0),
        cmocka_unit_test(pointers_convert_both_ways),
        cmocka_unit_test(sums_panic_on_overflow_and_in_the_hole),
        cmocka_unit_test(differences_panic_on_underflow_and_in_the_hole),
        cmocka_unit_test(steps_forward_jump_the_hole),
        cmocka_unit_test(steps_backward_jump_the_hole),
        cmocka_unit_test(steps_between_leave_out_the_hole),
        cmocka_unit_test(physical_steps_end_at_52_bits),
        cmocka_unit_test(alignment_goes_to_the_next_multiple),
        cmocka_unit_test(virtual_alignment_leaves_the_hole_out),
        cmocka_unit_test(alignment_beyond_the_end_panics),
        cmocka_unit_test(an_alignment_that_is_no_power_of_two_panics),
        cmocka_unit_test(aligned_addresses_are_told),
        cmocka_unit_test(an_address_splits_into_indexes_and_offset),
        cmocka_unit_test(indexes_end_at_511_and_offsets_at_4095),
        cmocka_unit_test(levels_lead_down_to_1_and_up_to_4),
        cmocka_unit_test(levels_know_what_they_map),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
