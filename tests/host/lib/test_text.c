/* SPDX-License-Identifier: MIT */
#include "panic_double.h"

#include <stdio.h>
#include <stdlib.h>
#include <tenorite/lib/text.h>

/* The oracles are written out here: the C library's functions of these names are replaced in this program. */
static int sign(int value)
{
    return (value > 0) - (value < 0);
}

static void strlen_counts_up_to_the_nul(void **state)
{
    (void)state;
    static const char text[] = "0123456789";
    for (size_t start = 0; start < sizeof text; start++)
        assert_int_equal(strlen(text + start), sizeof text - 1 - start);
    assert_int_equal(strlen("a\0b"), 1);
}

static void strcmp_orders_by_unsigned_bytes(void **state)
{
    (void)state;
    static const char *const ascending[] = {"", "\x01", "a", "aa", "ab", "b", "\x7f", "\x80", "\xff", "\xff\x01"};
    for (size_t left = 0; left < COUNT_OF(ascending); left++)
        for (size_t right = 0; right < COUNT_OF(ascending); right++) {
            int expected = (left > right) - (left < right);
            assert_int_equal(sign(strcmp(ascending[left], ascending[right])), expected);
            assert_int_equal(sign(strncmp(ascending[left], ascending[right], 9)), expected);
        }
}

static void strncmp_looks_at_no_more_than_count_bytes(void **state)
{
    (void)state;
    char *unterminated = malloc(3);
    memcpy(unterminated, "abc", 3);
    assert_int_equal(strncmp(unterminated, "abd", 2), 0);
    assert_int_equal(strncmp(unterminated, "abcd", 3), 0);
    assert_int_equal(sign(strncmp(unterminated, "abd", 3)), -1);
    assert_int_equal(strncmp(unterminated, "x", 0), 0);
    assert_int_equal(strncmp("ab\0x", "ab\0y", 4), 0);
    free(unterminated);
}

static void text_copy_cuts_at_the_capacity_and_always_closes(void **state)
{
    (void)state;
    static const char from[] = "abcdef";
    for (size_t capacity = 1; capacity <= 9; capacity++)
        for (size_t length = 0; length <= 9; length++) {
            size_t whole = length < 6 ? length : 6, kept = whole < capacity ? whole : capacity - 1;
            char *to = malloc(capacity);
            memset(to, 'z', capacity);
            assert_int_equal(text_copy(to, capacity, from, length), kept < whole);
            assert_memory_equal(to, from, kept);
            assert_int_equal(to[kept], '\0');
            free(to);
        }
}

static void text_copy_reads_no_byte_behind_length(void **state)
{
    (void)state;
    char *from = malloc(3), to[8];
    memcpy(from, "abc", 3);
    assert_false(text_copy(to, sizeof to, from, 3));
    assert_string_equal(to, "abc");
    assert_false(text_copy(to, 4, from, 3));
    assert_string_equal(to, "abc");
    assert_true(text_copy(to, 3, from, 3));
    assert_string_equal(to, "ab");
    free(from);
}

static void text_copy_needs_room_for_the_nul(void **state)
{
    (void)state;
    char to[1];
    EXPECT_PANIC("capacity 0", { text_copy(to, 0, "x", 1); });
}

static void text_to_u64_reads_numbers_up_to_the_limit(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t limit;
        bool is_valid;
        uint64_t value;
    } cases[] = {
        {"0", 0, true, 0},
        {"1", 0, false, 0},
        {"127", 127, true, 127},
        {"128", 127, false, 0},
        {"1270", 127, false, 0},
        {"000000000000000000000000127", 127, true, 127},
        {"18446744073709551615", UINT64_MAX, true, UINT64_MAX},
        {"18446744073709551616", UINT64_MAX, false, 0},
        {"99999999999999999999999999", UINT64_MAX, false, 0},
        {"18446744073709551614", UINT64_MAX - 2, false, 0},
        {"", UINT64_MAX, false, 0},
        {" 1", UINT64_MAX, false, 0},
        {"1 ", UINT64_MAX, false, 0},
        {"-1", UINT64_MAX, false, 0},
        {"+1", UINT64_MAX, false, 0},
        {"0x10", UINT64_MAX, false, 0},
        {"1\xb2", UINT64_MAX, false, 0},
        {"1:", UINT64_MAX, false, 0},
        {"1/", UINT64_MAX, false, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint64_t value = 4711;
        assert_int_equal(text_to_u64(cases[i].text, cases[i].limit, &value), cases[i].is_valid);
        assert_int_equal(value, cases[i].is_valid ? cases[i].value : 4711);
    }
}

static void text_to_u64_is_exact_around_every_limit(void **state)
{
    (void)state;
    for (unsigned limit = 0; limit < 130; limit++)
        for (unsigned number = 0; number < 1300; number += 1 + number / 150) {
            char text[8];
            snprintf(text, sizeof text, "%u", number);
            uint64_t value = 4711;
            assert_int_equal(text_to_u64(text, limit, &value), number <= limit);
            assert_int_equal(value, number <= limit ? number : 4711);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strlen_counts_up_to_the_nul),
        cmocka_unit_test(strcmp_orders_by_unsigned_bytes),
        cmocka_unit_test(strncmp_looks_at_no_more_than_count_bytes),
        cmocka_unit_test(text_copy_cuts_at_the_capacity_and_always_closes),
        cmocka_unit_test(text_copy_reads_no_byte_behind_length),
        cmocka_unit_test(text_copy_needs_room_for_the_nul),
        cmocka_unit_test(text_to_u64_reads_numbers_up_to_the_limit),
        cmocka_unit_test(text_to_u64_is_exact_around_every_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
