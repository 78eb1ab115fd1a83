/* SPDX-License-Identifier: MIT */
/* The oracle is the C library's snprintf, wherever the subset and C agree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tenorite/lib/format.h>
#include <time.h>

enum { GUARD = 0x5a };

/* Formats with every interesting capacity into a buffer of exactly that size, so that a sanitizer sees an overrun, and
 * compares text, closing NUL and result with `expected`. */
static void check_text(const char *expected, const char *format, ...)
{
    size_t length = strlen(expected), capacities[] = {0, 1, 2, length / 2, length, length + 1, length + 9};
    for (size_t i = 0; i < COUNT_OF(capacities); i++) {
        size_t capacity = capacities[i];
        char *buffer = malloc(capacity + (capacity == 0));
        memset(buffer, GUARD, capacity + (capacity == 0));
        va_list arguments;
        va_start(arguments, format);
        size_t result = format_string_va(buffer, capacity, format, arguments);
        va_end(arguments);
        if (result != length)
            fail_msg("\"%s\": length %zu, expected %zu (\"%s\")", format, result, length, expected);
        size_t kept = length < capacity ? length : capacity - 1;
        if (capacity > 0 && (memcmp(buffer, expected, kept) != 0 || buffer[kept] != '\0'))
            fail_msg("\"%s\" in %zu bytes: \"%.*s\", expected \"%s\"", format, capacity, (int)kept, buffer, expected);
        if (capacity == 0)
            assert_int_equal(buffer[0], GUARD);
        free(buffer);
    }
}

/* Both without the attribute that lets compilers check formats: these tests want odd ones too. */
static size_t ours(char *buffer, size_t capacity, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    size_t length = format_string_va(buffer, capacity, format, arguments);
    va_end(arguments);
    return length;
}

static void theirs(char *buffer, size_t capacity, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(buffer, capacity, format, arguments);
    va_end(arguments);
}

#define CHECK_LIKE_C(...)                                                                                            \
    do {                                                                                                             \
        char expected[600];                                                                                          \
        theirs(expected, sizeof expected, __VA_ARGS__);                                                              \
        check_text(expected, __VA_ARGS__);                                                                           \
    } while (0)

static const char *const flag_sets[] = {"",   "-",  "0",  "+",  " ",  "#",  "-0", "+0",   " 0",
                                        "#0", "-+", "- ", "-#", "+ ", "+#", " #", "-0+ #"};
static const char *const widths[] = {"", "1", "5", "12", "30", "70"};
static const char *const precisions[] = {"", ".", ".0", ".1", ".6", ".25", ".60"};
static const long long values[] = {0,
                                   1,
                                   -1,
                                   7,
                                   8,
                                   -9,
                                   42,
                                   127,
                                   128,
                                   -128,
                                   -129,
                                   255,
                                   256,
                                   32767,
                                   32768,
                                   -32768,
                                   -32769,
                                   65535,
                                   65536,
                                   INT_MAX,
                                   INT_MIN,
                                   UINT_MAX,
                                   0x80000000LL,
                                   0x100000000LL,
                                   LLONG_MAX,
                                   LLONG_MIN,
                                   0x0123456789abcdefLL};

static void check_integer(const char *format, const char *size, long long value)
{
    if (strcmp(size, "ll") == 0)
        CHECK_LIKE_C(format, value);
    else if (strcmp(size, "l") == 0 || strcmp(size, "z") == 0 || strcmp(size, "j") == 0 || strcmp(size, "t") == 0)
        CHECK_LIKE_C(format, (long)value);
    else
        CHECK_LIKE_C(format, (int)value);
}

static void integers_agree_with_c_for_all_flags_widths_and_precisions(void **state)
{
    (void)state;
    static const char letters[] = "diuxXo";
    for (const char *letter = letters; *letter; letter++)
        for (size_t f = 0; f < COUNT_OF(flag_sets); f++)
            for (size_t w = 0; w < COUNT_OF(widths); w++)
                for (size_t p = 0; p < COUNT_OF(precisions); p++)
                    for (size_t v = 0; v < COUNT_OF(values); v += 1 + (f + w + p) % 3) {
                        char format[40];
                        snprintf(format, sizeof format, "<%%%s%s%sll%c>", flag_sets[f], widths[w], precisions[p],
                                 *letter);
                        check_integer(format, "ll", values[v]);
                    }
}

static void integers_of_every_size_agree_with_c(void **state)
{
    (void)state;
    static const char *const sizes[] = {"", "h", "hh", "l", "ll", "z", "j", "t"};
    static const char letters[] = "diuxXo";
    for (const char *letter = letters; *letter; letter++)
        for (size_t s = 0; s < COUNT_OF(sizes); s++)
            for (size_t v = 0; v < COUNT_OF(values); v++) {
                char format[40];
                snprintf(format, sizeof format, "%%#12%s%c", sizes[s], *letter);
                check_integer(format, sizes[s], values[v]);
            }
}

static void random_conversions_agree_with_c(void **state)
{
    (void)state;
    const char *given = getenv("TENORITE_SEED");
    unsigned seed = given ? (unsigned)strtoul(given, NULL, 0) : (unsigned)time(NULL);
    print_message("TENORITE_SEED=%u\n", seed);
    srandom(seed);
    for (int round = 0; round < 20000; round++) {
        char format[64];
        size_t length = 0;
        format[length++] = '%';
        for (long flags = random() % 4; flags > 0; flags--)
            format[length++] = "-0+ #"[random() % 5];
        if (random() % 2)
            length += (size_t)snprintf(format + length, 8, "%ld", random() % 60 + 1);
        if (random() % 2)
            length += (size_t)snprintf(format + length, 8, ".%ld", random() % 40);
        snprintf(format + length, 8, "ll%c", "diuxXo"[random() % 6]);
        unsigned long long bits = (unsigned long long)random() << 33 ^ (unsigned long long)random() << 11;
        check_integer(format, "ll", (long long)(bits >> random() % 64));
    }
}

static void strings_and_characters_agree_with_c(void **state)
{
    (void)state;
    static const char *const strings[] = {"", "a", "tenorite", "a string that is longer than every width below"};
    static const char *const fields[] = {"", "-", "1", "-1", "20", "-20", ".0", ".", ".3", "9.3", "-9.3", ".99"};
    for (size_t f = 0; f < COUNT_OF(fields); f++) {
        char format[24];
        snprintf(format, sizeof format, "[%%%ss]", fields[f]);
        for (size_t s = 0; s < COUNT_OF(strings); s++)
            CHECK_LIKE_C(format, strings[s]);
    }
    CHECK_LIKE_C("%c%5c%-5c|%%", 'x', 'y', 'z');
    CHECK_LIKE_C("no conversion at all");
    CHECK_LIKE_C("");
    CHECK_LIKE_C("%s=%d (%#x) of %zu, %5u%%", "key", -3, 0xffu, (size_t)12, 99u);
}

static void star_takes_width_and_precision_from_the_arguments(void **state)
{
    (void)state;
    static const int stars[] = {0, 1, -1, 9, -9, 30, -30};
    for (size_t w = 0; w < COUNT_OF(stars); w++)
        for (size_t p = 0; p < COUNT_OF(stars); p++) {
            CHECK_LIKE_C("%*.*d|%0*d|%d", stars[w], stars[p], 1234, stars[w], -56, 78);
            CHECK_LIKE_C("%*.*s|%-*s|%s", stars[w], stars[p], "stars", stars[w], "x", "end");
            CHECK_LIKE_C("%*c|%.*x", stars[w], 'c', stars[p], 0xbeefu);
        }
}

/* Where the C standard leaves the text open. */
static void texts_of_our_own(void **state)
{
    (void)state;
    check_text("(null)", "%s", (char *)NULL);
    check_text("(nu", "%.3s", (char *)NULL);
    check_text("  (null)", "%8s", (char *)NULL);
    check_text("0x0000000000001234", "%p", (void *)0x1234);
    check_text("0x0000000000000000", "%p", (void *)0);
    check_text("0xffffffff80000000  |", "%-20p|", (void *)0xffffffff80000000);
}

static void unknown_conversion_is_copied_and_consumes_no_argument(void **state)
{
    (void)state;
    check_text("%f 7", "%f %d", 7);
    check_text("%-08.3Lf 7", "%-08.3Lf %d", 7);
    check_text("%*.*e 7", "%*.*e %d", 7);
    check_text("%n 7", "%n %d", 7);
    check_text("%ls 7", "%ls %d", 7);
    check_text("%hhhd 7", "%hhhd %d", 7);
    check_text("%", "%");
    check_text("7%-5.", "%d%-5.", 7);
    check_text("%lz", "%lz");
}

/* A damaged width must not keep a panic busy. C would return -1 where the length exceeds INT_MAX. */
static void huge_fields_cost_no_more_than_the_capacity(void **state)
{
    (void)state;
    char text[8];
    clock_t start = clock();
    for (int round = 0; round < 2000; round++) {
        assert_int_equal(ours(text, sizeof text, "%*d", INT_MAX, 1), INT_MAX);
        assert_string_equal(text, "       ");
        assert_int_equal(ours(text, sizeof text, "%*d", INT_MIN, 1), 2147483648u);
        assert_string_equal(text, "1      ");
        assert_int_equal(ours(text, sizeof text, "%.*d", INT_MAX, 1), INT_MAX);
        assert_string_equal(text, "0000000");
        assert_int_equal(ours(text, sizeof text, "%99999999999999999999s", ""), INT_MAX);
        assert_int_equal(ours(text, sizeof text, "%2147483647u%2147483648u", 1u, 1u), 2ul * INT_MAX);
    }
    assert_true(clock() - start < 2 * CLOCKS_PER_SEC);
}

static void precision_bounds_a_string_without_a_nul(void **state)
{
    (void)state;
    char *bytes = malloc(4);
    memcpy(bytes, "four", 4);
    char text[16];
    assert_int_equal(format_string(text, sizeof text, "%.4s", bytes), 4);
    assert_string_equal(text, "four");
    free(bytes);
}

static void what_is_appended_continues_a_text_cut_or_not(void **state)
{
    (void)state;
    for (size_t capacity = 0; capacity <= 12; capacity++) {
        char buffer[12];
        char *text = capacity > 0 ? buffer : NULL;
        memset(buffer, 'x', sizeof buffer);
        size_t length = format_string(text, capacity, "%d", 1234);
        length = format_append(text, capacity, length, "%s", "");
        length = format_append(text, capacity, length, "%s-%u", "ab", 7u);
        length = format_append(text, capacity, length, "!");
        assert_int_equal(length, 9);
        if (capacity == 0)
            continue;
        assert_int_equal(strlen(buffer), capacity - 1 < 9 ? capacity - 1 : 9);
        assert_memory_equal(buffer, "1234ab-7!", strlen(buffer));
        for (size_t i = capacity; i < sizeof buffer; i++)
            assert_int_equal(buffer[i], 'x');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_agree_with_c_for_all_flags_widths_and_precisions),
        cmocka_unit_test(integers_of_every_size_agree_with_c),
        cmocka_unit_test(random_conversions_agree_with_c),
        cmocka_unit_test(strings_and_characters_agree_with_c),
        cmocka_unit_test(star_takes_width_and_precision_from_the_arguments),
        cmocka_unit_test(texts_of_our_own),
        cmocka_unit_test(unknown_conversion_is_copied_and_consumes_no_argument),
        cmocka_unit_test(huge_fields_cost_no_more_than_the_capacity),
        cmocka_unit_test(what_is_appended_continues_a_text_cut_or_not),
        cmocka_unit_test(precision_bounds_a_string_without_a_nul),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
