/* SPDX-License-Identifier: MIT */
#include "panic_double.h"

#include <tenorite/mm/page_flags.h>

#define NUMBERS_FLAG_LIST(FLAG) FLAG(NUMBERS, A, 0) FLAG(NUMBERS, B, 1) FLAG(NUMBERS, TOP, 63)
DEFINE_FLAG_SET(number_flags, NUMBERS_FLAG_LIST);

static void sets_are_built_from_names(void **state)
{
    (void)state;
    assert_int_equal(PAGE_FLAGS().bits, 0);
    assert_int_equal(PAGE_FLAGS(PRESENT).bits, 1);
    assert_int_equal(PAGE_FLAGS(PRESENT, WRITABLE, NO_EXECUTE).bits, 0x8000000000000003);
    assert_int_equal(PAGE_FLAGS(PRESENT, WRITABLE, USER, WRITE_THROUGH, NO_CACHE, ACCESSED, DIRTY, PAT, GLOBAL,
                                SOFTWARE_1, SOFTWARE_2, SOFTWARE_3, NO_EXECUTE)
                         .bits,
                     0x8000000000000fff);
    assert_int_equal(TABLE_FLAGS(PRESENT, WRITABLE, USER).bits, 7);
}

static void unknown_bits_are_rejected_or_truncated_by_name(void **state)
{
    (void)state;
    assert_true(page_flags_from_bits(0x8000000000000003).is_valid);
    assert_int_equal(page_flags_from_bits(0x8000000000000003).flags.bits, 0x8000000000000003);
    assert_false(page_flags_from_bits(0x1003).is_valid);
    assert_int_equal(page_flags_from_bits(0x1003).flags.bits, 0);
    assert_int_equal(page_flags_from_bits_truncate(UINT64_MAX).bits, 0x8000000000000fff);
}

static void set_operations(void **state)
{
    (void)state;
    page_flags both = PAGE_FLAGS(PRESENT, WRITABLE);
    assert_true(page_flags_contains(both, PAGE_FLAGS(PRESENT)));
    assert_false(page_flags_contains(PAGE_FLAGS(PRESENT), both));
    assert_true(page_flags_contains(PAGE_FLAGS(), PAGE_FLAGS()));
    assert_true(page_flags_are_equal(page_flags_union(PAGE_FLAGS(PRESENT), PAGE_FLAGS(WRITABLE)), both));
    assert_true(page_flags_are_equal(page_flags_difference(both, PAGE_FLAGS(WRITABLE, USER)), PAGE_FLAGS(PRESENT)));
    assert_true(page_flags_is_empty(PAGE_FLAGS()));
}

static void names_are_printed_in_order(void **state)
{
    char text[64];
    (void)state;
    assert_int_equal(page_flags_format(PAGE_FLAGS(NO_EXECUTE, PRESENT), text, sizeof text), 20);
    assert_string_equal(text, "PRESENT | NO_EXECUTE");
    assert_int_equal(page_flags_format(PAGE_FLAGS(), text, sizeof text), 0);
    assert_string_equal(text, "");
    number_flags odd = {0xf2};
    number_flags_format(odd, text, sizeof text);
    assert_string_equal(text, "B | 0xf0");
}

static void printing_is_cut_at_the_capacity(void **state)
{
    char text[16] = "###############";
    (void)state;
    assert_int_equal(page_flags_format(PAGE_FLAGS(PRESENT, WRITABLE, USER), text, 12), 25);
    assert_string_equal(text, "PRESENT | W");
    assert_int_equal(text[12], '#');
    assert_int_equal(page_flags_format(PAGE_FLAGS(PRESENT), NULL, 0), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_are_built_from_names),
        cmocka_unit_test(unknown_bits_are_rejected_or_truncated_by_name),
        cmocka_unit_test(set_operations),
        cmocka_unit_test(names_are_printed_in_order),
        cmocka_unit_test(printing_is_cut_at_the_capacity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
