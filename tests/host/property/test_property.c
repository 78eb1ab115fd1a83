/* SPDX-License-Identifier: MIT */
/* The property library, by properties of which it is known in which cases they hold. They run in child processes: what
 * they find out comes back as the complaint. */
#include "property.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SEED = 7, SEEDS = 2, CASES = 2000, MAX_NUMBERS = 60 };

static struct property_result try(const char *(*check)(struct draws *))
{
    return property_try(&(struct property){"a property", check, CASES}, SEED, CASES);
}

static void expect_failure(const char *(*check)(struct draws *), const char *complaint)
{
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct property_result result = property_try(&(struct property){"a property", check, CASES}, seed, CASES);
        assert_int_equal(result.verdict, PROPERTY_FAILS);
        assert_string_equal(result.complaint, complaint);
    }
}

/*
 * The example of P. Oppermann's talk "Writing an OS in Rust" (RustFest 2017), after the introduction to proptest: a
 * reader of dates takes the month from one digit only.
 */
struct date {
    unsigned year, month, day;
};

static unsigned number(const char *text, size_t from, size_t to)
{
    unsigned value = 0;
    for (size_t i = from; i < to; i++)
        value = value * 10 + (unsigned)(text[i] - '0');
    return value;
}

static struct date parse_date(const char *text)
{
    return (struct date){number(text, 0, 4), number(text, 6, 7), number(text, 8, 10)};
}

static const char *dates_are_read_as_they_were_written(struct draws *draws)
{
    unsigned year = (unsigned)draw_between(draws, 0, 9999);
    unsigned month = (unsigned)draw_between(draws, 1, 12);
    unsigned day = (unsigned)draw_between(draws, 1, 31);
    char text[sizeof "0000-00-00" + 20];
    snprintf(text, sizeof text, "%04u-%02u-%02u", year, month, day);
    struct date date = parse_date(text);
    if (date.year != year || date.month != month || date.day != day)
        property_fail("y=%u, m=%u, d=%u", year, month, day);
    return NULL;
}

static void the_date_that_is_read_wrongly_shrinks_to_year_0_month_10_day_1(void **state)
{
    (void)state;
    expect_failure(dates_are_read_as_they_were_written, "y=0, m=10, d=1");
}

static const char *always_holds(struct draws *draws)
{
    return draw_below(draws, 10) < 10 ? NULL : "10";
}

static void a_property_that_holds_is_tried_on_all_cases(void **state)
{
    (void)state;
    struct property_result result = try(always_holds);
    assert_int_equal(result.verdict, PROPERTY_HOLDS);
    assert_int_equal(result.cases, CASES);
    assert_int_equal(result.discards, 0);
}

/* Draws a list and writes it down, as the complaint of a case that fails. */
static size_t draw_numbers(struct draws *draws, unsigned *numbers)
{
    size_t count = 0;
    while (count < MAX_NUMBERS && draw_more(draws, 20))
        numbers[count++] = (unsigned)draw_between(draws, 0, 1000);
    return count;
}

static void fail_with(const unsigned *numbers, size_t count)
{
    char text[10 * MAX_NUMBERS] = "";
    for (size_t i = 0; i < count; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%u ", numbers[i]);
    property_fail("%s", text);
}

static const char *no_list_holds_a_number_from_500_on(struct draws *draws)
{
    unsigned numbers[MAX_NUMBERS];
    size_t count = draw_numbers(draws, numbers);
    for (size_t i = 0; i < count; i++) {
        if (numbers[i] >= 500)
            fail_with(numbers, count);
    }
    return NULL;
}

static const char *no_number_is_there_twice_with_0_between(struct draws *draws)
{
    unsigned numbers[MAX_NUMBERS];
    size_t count = draw_numbers(draws, numbers);
    for (size_t first = 0; first + 2 < count; first++) {
        for (size_t last = first + 2; last < count; last++) {
            if (numbers[first] == numbers[last] && numbers[first] > 30 && numbers[last - 1] < 10)
                fail_with(numbers, count);
        }
    }
    return NULL;
}

static const char *three_numbers_at_most_are_above_100(struct draws *draws)
{
    unsigned numbers[MAX_NUMBERS], above = 0;
    size_t count = draw_numbers(draws, numbers);
    for (size_t i = 0; i < count; i++)
        above += numbers[i] > 100;
    if (above > 3)
        fail_with(numbers, count);
    return NULL;
}

static void a_list_shrinks_to_the_one_element_that_matters(void **state)
{
    (void)state;
    expect_failure(no_list_holds_a_number_from_500_on, "500 ");
}

static void numbers_that_have_to_be_equal_shrink_together(void **state)
{
    (void)state;
    expect_failure(no_number_is_there_twice_with_0_between, "31 0 31 ");
}

static void a_list_shrinks_to_as_few_elements_as_will_do(void **state)
{
    (void)state;
    expect_failure(three_numbers_at_most_are_above_100, "101 101 101 101 ");
}

static const char *lists_of_lists_are_short(struct draws *draws)
{
    size_t lists = 0, longest = 0;
    while (lists < 20 && draw_more(draws, 8)) {
        size_t length = 0;
        while (length < 20 && draw_more(draws, 8) && draw_rarely(draws, 3) + 1)
            length++;
        longest = length > longest ? length : longest;
        lists++;
    }
    if (longest >= 4)
        property_fail("%zu lists, the longest of %zu", lists, longest);
    return NULL;
}

static void what_is_nested_shrinks_inside_and_outside(void **state)
{
    (void)state;
    expect_failure(lists_of_lists_are_short, "1 lists, the longest of 4");
}

/* The second kind of operation takes more draws than the first. */
static const char *kinds_with_different_draws_shrink(struct draws *draws)
{
    static const unsigned weights[] = {1, 3};
    uint64_t sum = 0;
    while (draw_more(draws, 30)) {
        if (draw_weighted(draws, weights, 2) == 0)
            sum += draw_below(draws, 5);
        else
            sum += draw_below(draws, 5) + draw_below(draws, 5) + draw_below(draws, 5) + 1;
    }
    if (sum >= 14)
        property_fail("%llu", (unsigned long long)sum);
    return NULL;
}

static void operations_of_several_draws_shrink(void **state)
{
    (void)state;
    expect_failure(kinds_with_different_draws_shrink, "14");
}

static const char *signed_numbers_are_above_minus_20(struct draws *draws)
{
    int64_t number = draw_signed(draws, INT64_MIN, INT64_MAX);
    if (number <= -20)
        property_fail("%lld", (long long)number);
    return NULL;
}

static void signed_numbers_shrink_towards_0(void **state)
{
    (void)state;
    expect_failure(signed_numbers_are_above_minus_20, "-20");
}

static const char *numbers_stay_inside_their_bounds(struct draws *draws)
{
    uint64_t low = draw_between(draws, 0, UINT64_MAX), high = draw_between(draws, low, UINT64_MAX);
    uint64_t number = draw_between(draws, low, high);
    PROPERTY_REQUIRE(low <= high && low <= number && number <= high);
    int64_t least = draw_signed(draws, INT64_MIN, INT64_MAX), most = draw_signed(draws, least, INT64_MAX);
    int64_t between = draw_signed(draws, least, most);
    PROPERTY_REQUIRE(least <= most && least <= between && between <= most);
    int64_t small = draw_signed(draws, -3, 1);
    PROPERTY_REQUIRE(small >= -3 && small <= 1);
    int chosen = DRAW_FROM(draws, 3, 5, 9);
    PROPERTY_REQUIRE(chosen == 3 || chosen == 5 || chosen == 9);
    return NULL;
}

static void draws_stay_inside_their_bounds(void **state)
{
    (void)state;
    assert_int_equal(try(numbers_stay_inside_their_bounds).verdict, PROPERTY_HOLDS);
}

/* Each of these fails by what it ought to draw within CASES cases. */
static const char *never_the_least(struct draws *draws)
{
    return draw_between(draws, 1000, UINT64_MAX - 1000) == 1000 ? "the least" : NULL;
}

static const char *never_the_greatest(struct draws *draws)
{
    return draw_between(draws, 1000, UINT64_MAX - 1000) == UINT64_MAX - 1000 ? "the greatest" : NULL;
}

static const char *never_small(struct draws *draws)
{
    uint64_t number = draw_between(draws, 0, UINT64_MAX);
    return number > 50 && number < 100 ? "small" : NULL;
}

static const char *never_minus_5(struct draws *draws)
{
    return draw_signed(draws, -5, 5) == -5 ? "minus 5" : NULL;
}

static const char *never_the_same_twice(struct draws *draws)
{
    uint8_t bytes[2];
    draw_bytes(draws, bytes, sizeof bytes);
    return bytes[0] == bytes[1] && bytes[0] != 0 ? "twice" : NULL;
}

static const char *never_a_long_list(struct draws *draws)
{
    for (int i = 0; i < 20; i++) {
        if (!draw_more(draws, 5))
            return NULL;
    }
    return "long";
}

static void edges_and_small_numbers_are_drawn(void **state)
{
    (void)state;
    assert_string_equal(try(never_the_least).complaint, "the least");
    assert_string_equal(try(never_the_greatest).complaint, "the greatest");
    assert_string_equal(try(never_small).complaint, "small");
    assert_string_equal(try(never_minus_5).complaint, "minus 5");
    assert_string_equal(try(never_the_same_twice).complaint, "twice");
    assert_string_equal(try(never_a_long_list).complaint, "long");
}

static void the_seed_of_a_failure_repeats_it_at_once(void **state)
{
    (void)state;
    struct property_result result = try(never_the_greatest);
    assert_in_range(result.cases, 1, CASES);
    struct property_result again =
        property_try(&(struct property){"a property", never_the_greatest, 1}, result.seed, 1);
    assert_int_equal(again.verdict, PROPERTY_FAILS);
    assert_int_equal(again.cases, 0);
    assert_int_equal(again.choices_found, result.choices_found);
    assert_string_equal(again.complaint, result.complaint);
}

static const char *discards_all(struct draws *draws)
{
    return draw_bool(draws) ? PROPERTY_DISCARDED : PROPERTY_DISCARDED;
}

static const char *discards_half(struct draws *draws)
{
    return draw_bool(draws) ? PROPERTY_DISCARDED : NULL;
}

static const char *discards_small_and_fails_large(struct draws *draws)
{
    uint64_t number = draw_between(draws, 0, 100);
    if (number < 40)
        return PROPERTY_DISCARDED;
    if (number >= 60)
        property_fail("%llu", (unsigned long long)number);
    return NULL;
}

static void discards_do_not_count_and_do_not_go_on_for_ever(void **state)
{
    (void)state;
    struct property_result result = try(discards_all);
    assert_int_equal(result.verdict, PROPERTY_STARVED);
    assert_int_equal(result.cases, 0);
    assert_int_equal(result.discards, PROPERTY_DISCARDS_PER_CASE * CASES + 1);
    result = try(discards_half);
    assert_int_equal(result.verdict, PROPERTY_HOLDS);
    assert_int_equal(result.cases, CASES);
    assert_in_range(result.discards, CASES / 2, CASES * 2);
    expect_failure(discards_small_and_fails_large, "60");
}

static const char *dies(struct draws *draws)
{
    if (draw_between(draws, 0, 100) >= 50)
        abort();
    return NULL;
}

static const char *leaves(struct draws *draws)
{
    if (draw_between(draws, 0, 100) >= 50)
        exit(3);
    return NULL;
}

static const char *hangs(struct draws *draws)
{
    (void)draws;
    for (volatile bool is_endless = true; is_endless;)
        ;
    return NULL;
}

static void dying_and_leaving_and_hanging_are_failures_and_shrink(void **state)
{
    (void)state;
    property_hang_seconds = 1;
    struct property_result result = try(dies);
    assert_int_equal(result.verdict, PROPERTY_FAILS);
    assert_int_equal(result.choices_left, 1);
    assert_string_equal(result.complaint, "died of signal 6, Aborted");
    assert_string_equal(try(leaves).complaint, "ended the program with exit status 3");
    assert_string_equal(try(hangs).complaint, "does not come to an end");
}

static const char *fails_the_tenth_time(struct draws *draws)
{
    static int times;
    (void)draws;
    return ++times == 10 ? "the tenth time" : NULL;
}

static void a_failure_that_does_not_come_again_is_reported(void **state)
{
    (void)state;
    struct property_result result = try(fails_the_tenth_time);
    assert_int_equal(result.verdict, PROPERTY_UNSTABLE);
    assert_int_equal(result.cases, 9);
    assert_string_equal(result.complaint, "the tenth time");
}

static const char *draws_without_end(struct draws *draws)
{
    size_t count = 0;
    while (draw_more(draws, 1u << 30))
        count++;
    PROPERTY_REQUIRE(count == PROPERTY_MAX_CHOICES);
    return NULL;
}

static void a_case_cannot_draw_without_end(void **state)
{
    (void)state;
    struct property_result result = property_try(&(struct property){"a property", draws_without_end, 1}, SEED, 1);
    assert_int_equal(result.verdict, PROPERTY_HOLDS);
}

static unsigned bytes_seen[8];

static const char *remembers(struct draws *draws)
{
    size_t count = 0;
    memset(bytes_seen, 0, sizeof bytes_seen);
    while (count < 4 && draw_more(draws, 255))
        bytes_seen[count++] = (unsigned)draw_between(draws, 10, 265);
    bytes_seen[4] = (unsigned)draw_below(draws, 65536);
    bytes_seen[5] = (unsigned)draw_below(draws, 1);
    bytes_seen[6] = draw_rarely(draws, 2);
    bytes_seen[7] = (unsigned)count;
    return NULL;
}

static void draws_can_be_taken_from_bytes(void **state)
{
    static const uint8_t bytes[] = {1, 0, 9, 5, 0, 0x12, 0x34, 1};
    const struct property property = PROPERTY(remembers, 1);
    (void)state;
    property_run_bytes(&property, bytes, sizeof bytes);
    assert_memory_equal(bytes_seen, ((const unsigned[]){10, 15, 0, 0, 0x1234, 0, 1, 2}), sizeof bytes_seen);
    property_run_bytes(&property, bytes, 1);
    assert_memory_equal(bytes_seen, ((const unsigned[]){10, 0, 0, 0, 0, 0, 0, 1}), sizeof bytes_seen);
    property_run_bytes(&property, NULL, 0);
    assert_memory_equal(bytes_seen, ((const unsigned[]){0, 0, 0, 0, 0, 0, 0, 0}), sizeof bytes_seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_date_that_is_read_wrongly_shrinks_to_year_0_month_10_day_1),
        cmocka_unit_test(a_property_that_holds_is_tried_on_all_cases),
        cmocka_unit_test(a_list_shrinks_to_the_one_element_that_matters),
        cmocka_unit_test(numbers_that_have_to_be_equal_shrink_together),
        cmocka_unit_test(a_list_shrinks_to_as_few_elements_as_will_do),
        cmocka_unit_test(what_is_nested_shrinks_inside_and_outside),
        cmocka_unit_test(operations_of_several_draws_shrink),
        cmocka_unit_test(signed_numbers_shrink_towards_0),
        cmocka_unit_test(draws_stay_inside_their_bounds),
        cmocka_unit_test(edges_and_small_numbers_are_drawn),
        cmocka_unit_test(the_seed_of_a_failure_repeats_it_at_once),
        cmocka_unit_test(discards_do_not_count_and_do_not_go_on_for_ever),
        cmocka_unit_test(dying_and_leaving_and_hanging_are_failures_and_shrink),
        cmocka_unit_test(a_failure_that_does_not_come_again_is_reported),
        cmocka_unit_test(a_case_cannot_draw_without_end),
        cmocka_unit_test(draws_can_be_taken_from_bytes),
    };
    return cmocka_run_group_tests_name("property", tests, NULL, NULL);
}
