/* SPDX-License-Identifier: MIT */
#include "panic_double.h"

#include <tenorite/lib/fixed_text.h>

DEFINE_FIXED_TEXT(text_8, 8);
DEFINE_FIXED_TEXT(text_0, 0);
DEFINE_FIXED_TEXT(text_4096, 4096);

/* Hides a constant from the compiler. */
static size_t unknown(size_t value)
{
    volatile size_t hidden = value;
    return hidden;
}

static void expect_text(const text_8 *text, const char *expected)
{
    assert_string_equal(text->bytes, expected);
    assert_int_equal(text->length, strlen(expected));
}

static text_8 text_of(const char *content)
{
    text_8 text = {0};
    assert_int_equal(text_8_push(&text, content), FIXED_TEXT_OK);
    return text;
}

static void whole_characters_are_kept_while_they_fit(void **state)
{
    text_8 text = {0};
    (void)state;
    assert_int_equal(text_8_push_fitting(&text, "abcαβγ"), 7);
    expect_text(&text, "abcαβ");
    assert_int_equal(text_8_push_character(&text, 'x'), FIXED_TEXT_OK);
    expect_text(&text, "abcαβx");
    assert_int_equal(text_8_push_character(&text, 'x'), FIXED_TEXT_FULL);
    assert_int_equal(text_8_push_fitting(&text, "x"), 0);
    expect_text(&text, "abcαβx");
    text_8_truncate(&text, 3);
    assert_int_equal(text_8_push_fitting(&text, "12345"), 5);
    expect_text(&text, "abc12345");
}

static void characters_pushed_one_by_one_give_the_same(void **state)
{
    const uint32_t characters[] = {'a', 'b', 'c', 0x3b1, 0x3b2, 0x3b3};
    text_8 text = {0};
    (void)state;
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(text_8_push_character(&text, characters[i]), FIXED_TEXT_OK);
    assert_int_equal(text_8_push_character(&text, characters[5]), FIXED_TEXT_FULL);
    expect_text(&text, "abcαβ");
}

static void a_text_that_is_too_long_changes_nothing(void **state)
{
    text_8 text = text_of("abc");
    (void)state;
    assert_int_equal(text_8_push(&text, "defghi"), FIXED_TEXT_FULL);
    expect_text(&text, "abc");
    assert_int_equal(text_8_push(&text, "defgh"), FIXED_TEXT_OK);
    expect_text(&text, "abcdefgh");
    assert_int_equal(text_8_push(&text, ""), FIXED_TEXT_OK);
    assert_int_equal(text_8_push(&text, "i"), FIXED_TEXT_FULL);
    expect_text(&text, "abcdefgh");
}

static void a_text_takes_4096_bytes_and_no_more(void **state)
{
    static text_4096 text;
    (void)state;
    for (int i = 0; i < 4096; i++)
        assert_int_equal(text_4096_push(&text, "x"), FIXED_TEXT_OK);
    assert_int_equal(text_4096_push(&text, "x"), FIXED_TEXT_FULL);
    assert_int_equal(strlen(text.bytes), 4096);
}

static void a_text_of_capacity_0_takes_nothing(void **state)
{
    text_0 text = {0};
    (void)state;
    assert_int_equal(text_0_push(&text, ""), FIXED_TEXT_OK);
    assert_int_equal(text_0_push(&text, "x"), FIXED_TEXT_FULL);
    assert_int_equal(text_0_push_character(&text, 'x'), FIXED_TEXT_FULL);
    assert_int_equal(text_0_push_fitting(&text, "x"), 0);
    assert_int_equal(text_0_pop(&text), 0);
    assert_string_equal(text.bytes, "");
}

static void characters_of_every_length_are_encoded_and_come_back(void **state)
{
    const struct {
        uint32_t code_point;
        const char *bytes;
    } cases[] = {
        {1, "\x01"},
        {0x7f, "\x7f"},
        {0x80, "\xc2\x80"},
        {0x7ff, "\xdf\xbf"},
        {0x800, "\xe0\xa0\x80"},
        {0xd7ff, "\xed\x9f\xbf"},
        {0xe000, "\xee\x80\x80"},
        {0xffff, "\xef\xbf\xbf"},
        {0x10000, "\xf0\x90\x80\x80"},
        {0x10ffff, "\xf4\x8f\xbf\xbf"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        text_8 text = text_of("a");
        assert_int_equal(text_8_push_character(&text, cases[i].code_point), FIXED_TEXT_OK);
        assert_string_equal(text.bytes + 1, cases[i].bytes);
        assert_int_equal(text_8_pop(&text), cases[i].code_point);
        expect_text(&text, "a");
        assert_int_equal(text_8_push(&text, cases[i].bytes), FIXED_TEXT_OK);
        assert_int_equal(text_8_pop(&text), cases[i].code_point);
    }
}

static void what_is_no_character_is_refused(void **state)
{
    const uint32_t numbers[] = {0, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0x110000, UINT32_MAX};
    const char *texts[] = {
        "\x80",
        "\xbf",
        "\xc0\x80",
        "\xc1\xbf",
        "\xc2",
        "\xc2g",
        "\xe0\x9f\xbf",
        "\xe1\x80",
        "\xed\xa0\x80",
        "\xed\xbf\xbf",
        "\xef\xbfg",
        "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80",
        "\xf1\x80\x80",
        "\xf5\x80\x80\x80",
        "\xff",
        "\xfe",
        "\xf9\x80\x80\x80",
        "\x90\x80",
    };
    text_8 text = text_of("a");
    (void)state;
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        assert_int_equal(text_8_push_character(&text, numbers[i]), FIXED_TEXT_NO_CHARACTER);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        assert_int_equal(text_8_push(&text, texts[i]), FIXED_TEXT_NO_CHARACTER);
        assert_int_equal(text_8_push_fitting(&text, texts[i]), 0);
    }
    assert_int_equal(text_8_push(&text, "bc\xff"), FIXED_TEXT_NO_CHARACTER);
    expect_text(&text, "a");
    assert_int_equal(text_8_push_fitting(&text, "bc\xff"), 2);
    expect_text(&text, "abc");
}

static void pop_takes_whole_characters(void **state)
{
    text_8 text = text_of("aα€");
    (void)state;
    assert_int_equal(text_8_pop(&text), 0x20ac);
    expect_text(&text, "aα");
    assert_int_equal(text_8_pop(&text), 0x3b1);
    assert_int_equal(text_8_pop(&text), 'a');
    assert_int_equal(text_8_pop(&text), 0);
    expect_text(&text, "");
}

static void truncate_keeps_whole_characters_or_panics(void **state)
{
    text_8 text = text_of("aαβ");
    (void)state;
    EXPECT_PANIC("2 of 5 bytes", text_8_truncate(&text, unknown(2)));
    EXPECT_PANIC("6 of 5 bytes", text_8_truncate(&text, unknown(6)));
    expect_text(&text, "aαβ");
    text_8_truncate(&text, 5);
    expect_text(&text, "aαβ");
    text_8_truncate(&text, 3);
    expect_text(&text, "aα");
    text_8_truncate(&text, 0);
    expect_text(&text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_characters_are_kept_while_they_fit),
        cmocka_unit_test(characters_pushed_one_by_one_give_the_same),
        cmocka_unit_test(a_text_that_is_too_long_changes_nothing),
        cmocka_unit_test(a_text_takes_4096_bytes_and_no_more),
        cmocka_unit_test(a_text_of_capacity_0_takes_nothing),
        cmocka_unit_test(characters_of_every_length_are_encoded_and_come_back),
        cmocka_unit_test(what_is_no_character_is_refused),
        cmocka_unit_test(pop_takes_whole_characters),
        cmocka_unit_test(truncate_keeps_whole_characters_or_panics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
