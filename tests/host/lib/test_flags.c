/* SPDX-License-Identifier: MIT */
#include "panic_double.h"

#include <tenorite/lib/flags.h>

#define LETTER_FLAG_LIST(FLAG) FLAG(LETTER, A, 0) FLAG(LETTER, B, 1) FLAG(LETTER, C, 2, 3)
DEFINE_FLAG_SET(letters, LETTER_FLAG_LIST);
#define LETTERS(...) ((letters){FLAGS_JOIN(LETTER_FLAG_, __VA_ARGS__)})

/* Flags that overlap, and the highest bit. */
#define RIGHT_FLAG_LIST(FLAG)                                                                                        \
    FLAG(RIGHT, READ, 0) FLAG(RIGHT, READ_WRITE, 0, 1) FLAG(RIGHT, BOTH, 0, 1) FLAG(RIGHT, TOP, 60, 63)
DEFINE_FLAG_SET(rights, RIGHT_FLAG_LIST);
#define RIGHTS(...) ((rights){FLAGS_JOIN(RIGHT_FLAG_, __VA_ARGS__)})

static const letters all = {15};
static const letters unknown_too = {0xff};

static void a_flag_is_one_bit_or_a_run_of_bits(void **state)
{
    (void)state;
    assert_int_equal(LETTERS(A).bits, 1);
    assert_int_equal(LETTERS(C).bits, 12);
    assert_int_equal(LETTERS(A, B, C).bits, 15);
    assert_int_equal(RIGHTS(TOP).bits, 0xf000000000000000);
    assert_int_equal(RIGHTS(READ, READ_WRITE).bits, 3);
}

static void from_bits_refuses_or_truncates_by_name(void **state)
{
    (void)state;
    assert_int_equal(letters_from_bits_truncate(0xff).bits, 15);
    assert_true(letters_from_bits(15).is_valid);
    assert_int_equal(letters_from_bits(15).flags.bits, 15);
    assert_true(letters_from_bits(8).is_valid); /* part of C: the bit has a name */
    assert_false(letters_from_bits(0x1f).is_valid);
    assert_int_equal(letters_from_bits(0x1f).flags.bits, 0);
}

static void a_complement_has_named_bits_only(void **state)
{
    (void)state;
    assert_int_equal(letters_complement(LETTERS()).bits, 15);
    assert_int_equal(letters_complement(all).bits, 0);
    assert_int_equal(letters_complement((letters){0xf8}).bits, 7);
}

static void a_difference_keeps_unnamed_bits(void **state)
{
    (void)state;
    assert_int_equal(letters_difference(unknown_too, LETTERS(A)).bits, 0xfe);
    assert_int_equal(letters_difference(LETTERS(A), LETTERS(A, B)).bits, 0);
    assert_int_equal(letters_difference(LETTERS(C), (letters){4}).bits, 8);
}

static void sets_join_intersect_and_toggle(void **state)
{
    (void)state;
    assert_int_equal(letters_union(LETTERS(A), LETTERS(C)).bits, 13);
    assert_int_equal(letters_intersection(LETTERS(A, C), LETTERS(B, C)).bits, 12);
    assert_int_equal(letters_toggle(LETTERS(A, B), LETTERS(B, C)).bits, 13);
    assert_int_equal(letters_toggle(unknown_too, LETTERS(A)).bits, 0xfe);
}

static void the_empty_set_is_contained_but_intersects_nothing(void **state)
{
    (void)state;
    assert_true(letters_contains(LETTERS(A), LETTERS()));
    assert_true(letters_contains(LETTERS(), LETTERS()));
    assert_false(letters_intersects(LETTERS(A), LETTERS()));
    assert_false(letters_intersects(LETTERS(), LETTERS()));
    assert_true(letters_is_empty(LETTERS()));
    assert_false(letters_is_empty((letters){0x80}));
}

static void all_means_every_flag_whatever_else(void **state)
{
    (void)state;
    assert_true(letters_is_all(all));
    assert_true(letters_is_all(unknown_too));
    assert_false(letters_is_all(LETTERS(A, B)));
    assert_false(letters_is_all((letters){0xf7}));
    assert_true(letters_are_equal(all, LETTERS(A, B, C)));
    assert_false(letters_are_equal(all, unknown_too));
}

static void a_partly_set_flag_intersects_but_is_not_contained(void **state)
{
    letters part = {8};
    (void)state;
    assert_true(letters_intersects(part, LETTERS(C)));
    assert_false(letters_contains(part, LETTERS(C)));
    assert_true(letters_contains(LETTERS(C), part));
}

struct expected_part {
    const char *name;
    uint64_t bits;
};

static void expect_parts(letters set, const struct expected_part *expected)
{
    FOR_EACH_FLAG(letters, part, set) {
        if (expected->name)
            assert_string_equal(part.name, expected->name);
        else
            assert_null(part.name);
        assert_int_equal(part.flags.bits, expected->bits);
        expected++;
    }
    assert_int_equal(expected->bits, 0);
}

static void iteration_yields_contained_flags_then_one_remainder(void **state)
{
    (void)state;
    expect_parts(unknown_too, (struct expected_part[]){{"A", 1}, {"B", 2}, {"C", 12}, {NULL, 0xf0}, {NULL, 0}});
    expect_parts(LETTERS(A, C), (struct expected_part[]){{"A", 1}, {"C", 12}, {NULL, 0}});
    expect_parts((letters){0x8a}, (struct expected_part[]){{"B", 2}, {NULL, 0x88}, {NULL, 0}});
    expect_parts(LETTERS(), (struct expected_part[]){{NULL, 0}});
}

static void overlapping_flags_are_named_while_they_add_bits(void **state)
{
    char text[64];
    (void)state;
    rights_format(RIGHTS(READ_WRITE), text, sizeof text);
    assert_string_equal(text, "READ | READ_WRITE");
    rights_format(RIGHTS(READ, TOP), text, sizeof text);
    assert_string_equal(text, "READ | TOP");
    rights_format((rights){2}, text, sizeof text);
    assert_string_equal(text, "0x2");
}

static void unnamed_bits_are_printed_dropped_or_left_out_by_name(void **state)
{
    const struct {
        uint64_t bits;
        const char *retained, *truncated, *strict;
    } cases[] = {
        {0, "", "", ""},
        {0xff, "A | B | C | 0xf0", "A | B | C", "A | B | C"},
        {0x80, "0x80", "", ""},
        {0x88, "0x88", "0x8", ""},
        {0x09, "A | 0x8", "A | 0x8", "A"},
        {0x0c, "C", "C", "C"},
    };
    char text[64];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        letters set = {cases[i].bits};
        assert_int_equal(letters_format(set, text, sizeof text), strlen(cases[i].retained));
        assert_string_equal(text, cases[i].retained);
        assert_int_equal(letters_format_truncate(set, text, sizeof text), strlen(cases[i].truncated));
        assert_string_equal(text, cases[i].truncated);
        assert_int_equal(letters_format_strict(set, text, sizeof text), strlen(cases[i].strict));
        assert_string_equal(text, cases[i].strict);
    }
}

static void parsing_is_the_inverse_of_printing(void **state)
{
    char text[64];
    (void)state;
    for (uint64_t bits = 0; bits < 0x200; bits++) {
        letters_format((letters){bits}, text, sizeof text);
        assert_int_equal(letters_parse(text).error, FLAGS_PARSE_OK);
        assert_int_equal(letters_parse(text).flags.bits, bits);
        assert_int_equal(letters_parse_truncate(text).flags.bits, bits & 15);
    }
    rights_format((rights){UINT64_MAX}, text, sizeof text);
    assert_int_equal(rights_parse(text).flags.bits, UINT64_MAX);
}

static void parsing_allows_spaces_order_and_repetition(void **state)
{
    const struct {
        const char *text;
        uint64_t bits;
    } cases[] = {
        {"", 0},
        {"   ", 0},
        {"A", 1},
        {"  A  ", 1},
        {"C|A", 13},
        {"A | A", 1},
        {"B |A| C", 15},
        {"0xf0", 0xf0},
        {"0xF0 | A", 0xf1},
        {"A | 0x1", 1},
        {"0xffffffffffffffff", UINT64_MAX},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(letters_parse(cases[i].text).error, FLAGS_PARSE_OK);
        assert_int_equal(letters_parse(cases[i].text).flags.bits, cases[i].bits);
    }
}

static void parsing_refuses_what_it_does_not_know(void **state)
{
    const struct {
        const char *text;
        enum flags_parse_error error;
    } cases[] = {
        {"|", FLAGS_PARSE_NAME_MISSING},        {"A |", FLAGS_PARSE_NAME_MISSING},
        {"| A", FLAGS_PARSE_NAME_MISSING},      {"A || B", FLAGS_PARSE_NAME_MISSING},
        {"A |  | B", FLAGS_PARSE_NAME_MISSING}, {"D", FLAGS_PARSE_NAME_UNKNOWN},
        {"a", FLAGS_PARSE_NAME_UNKNOWN},        {"AB", FLAGS_PARSE_NAME_UNKNOWN},
        {"A B", FLAGS_PARSE_NAME_UNKNOWN},      {"A | D", FLAGS_PARSE_NAME_UNKNOWN},
        {"12", FLAGS_PARSE_NAME_UNKNOWN},       {"0", FLAGS_PARSE_NAME_UNKNOWN},
        {"0x", FLAGS_PARSE_BAD_NUMBER},         {"0xg", FLAGS_PARSE_BAD_NUMBER},
        {"0x1 2", FLAGS_PARSE_BAD_NUMBER},      {"0x10000000000000000", FLAGS_PARSE_BAD_NUMBER},
        {"0x/", FLAGS_PARSE_BAD_NUMBER},        {"0x`", FLAGS_PARSE_BAD_NUMBER},
        {"0x@", FLAGS_PARSE_BAD_NUMBER},        {"0xG", FLAGS_PARSE_BAD_NUMBER},
        {"0x:", FLAGS_PARSE_BAD_NUMBER},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(letters_parse(cases[i].text).error, cases[i].error);
        assert_int_equal(letters_parse(cases[i].text).flags.bits, 0);
    }
    assert_int_equal(rights_parse("REA").error, FLAGS_PARSE_NAME_UNKNOWN);
    assert_int_equal(rights_parse("READ_").error, FLAGS_PARSE_NAME_UNKNOWN);
}

static void parsing_keeps_drops_or_refuses_unnamed_bits_by_name(void **state)
{
    (void)state;
    assert_int_equal(letters_parse("A | 0x88").flags.bits, 0x89);
    assert_int_equal(letters_parse_truncate("A | 0x88").flags.bits, 9);
    assert_int_equal(letters_parse_truncate("A | D").error, FLAGS_PARSE_NAME_UNKNOWN);
    assert_int_equal(letters_parse_strict("A | C").error, FLAGS_PARSE_OK);
    assert_int_equal(letters_parse_strict("A | C").flags.bits, 13);
    assert_int_equal(letters_parse_strict("A | 0x2").error, FLAGS_PARSE_NAME_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flag_is_one_bit_or_a_run_of_bits),
        cmocka_unit_test(from_bits_refuses_or_truncates_by_name),
        cmocka_unit_test(a_complement_has_named_bits_only),
        cmocka_unit_test(a_difference_keeps_unnamed_bits),
        cmocka_unit_test(sets_join_intersect_and_toggle),
        cmocka_unit_test(the_empty_set_is_contained_but_intersects_nothing),
        cmocka_unit_test(all_means_every_flag_whatever_else),
        cmocka_unit_test(a_partly_set_flag_intersects_but_is_not_contained),
        cmocka_unit_test(iteration_yields_contained_flags_then_one_remainder),
        cmocka_unit_test(overlapping_flags_are_named_while_they_add_bits),
        cmocka_unit_test(unnamed_bits_are_printed_dropped_or_left_out_by_name),
        cmocka_unit_test(parsing_is_the_inverse_of_printing),
        cmocka_unit_test(parsing_allows_spaces_order_and_repetition),
        cmocka_unit_test(parsing_refuses_what_it_does_not_know),
        cmocka_unit_test(parsing_keeps_drops_or_refuses_unnamed_bits_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
