/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <tenorite/mm/region.h>

static struct region places[64];
static struct region_list list;
static const struct region everywhere = {0, UINT64_MAX};

static int make_empty(void **state)
{
    (void)state;
    list = REGION_LIST(places);
    return 0;
}

/* expect_list(start, end, start, end, ...) */
#define expect_list(...) expect_regions((const uint64_t[]){__VA_ARGS__}, sizeof((uint64_t[]){__VA_ARGS__}) / 16)

static void expect_regions(const uint64_t *bounds, size_t count)
{
    assert_int_equal(list.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(list.regions[i].start, bounds[2 * i]);
        assert_int_equal(list.regions[i].end, bounds[2 * i + 1]);
    }
}

static void add(uint64_t start, uint64_t end)
{
    assert_int_equal(region_list_add(&list, (struct region){start, end}), REGION_OK);
}

static void subtract(uint64_t start, uint64_t end)
{
    assert_int_equal(region_list_subtract(&list, (struct region){start, end}), REGION_OK);
}

static void added_regions_are_sorted(void **state)
{
    (void)state;
    add(50, 60);
    add(10, 20);
    add(30, 40);
    expect_list(10, 20, 30, 40, 50, 60);
}

static void overlapping_adjacent_and_repeated_regions_merge(void **state)
{
    (void)state;
    add(10, 20);
    add(20, 30);
    expect_list(10, 30);
    add(10, 30);
    add(15, 20);
    expect_list(10, 30);
    add(5, 10);
    expect_list(5, 30);
    add(40, 50);
    add(60, 70);
    add(29, 61);
    expect_list(5, 70);
    add(0, UINT64_MAX);
    expect_list(0, UINT64_MAX);
}

static void empty_and_inverted_regions_change_nothing(void **state)
{
    (void)state;
    add(10, 20);
    add(15, 15);
    add(30, 25);
    add(0, 0);
    subtract(12, 12);
    subtract(18, 12);
    assert_int_equal(region_list_reserve(&list, 15, 0), REGION_OK);
    expect_list(10, 20);
}

static void subtracting_trims_splits_and_removes(void **state)
{
    (void)state;
    add(10, 20);
    add(30, 40);
    add(50, 60);
    subtract(20, 30);
    expect_list(10, 20, 30, 40, 50, 60);
    subtract(33, 35);
    expect_list(10, 20, 30, 33, 35, 40, 50, 60);
    subtract(0, 12);
    subtract(58, 100);
    subtract(30, 33);
    expect_list(12, 20, 35, 40, 50, 58);
    subtract(19, 51);
    expect_list(12, 19, 51, 58);
    subtract(0, UINT64_MAX);
    assert_int_equal(list.count, 0);
}

static void a_full_list_refuses_and_stays_as_it_was(void **state)
{
    (void)state;
    list.capacity = 2;
    add(10, 20);
    add(30, 40);
    assert_int_equal(region_list_add(&list, (struct region){50, 60}), REGION_LIST_FULL);
    assert_int_equal(region_list_subtract(&list, (struct region){12, 13}), REGION_LIST_FULL);
    expect_list(10, 20, 30, 40);
    add(20, 30);
    subtract(20, 25);
    expect_list(10, 20, 25, 40);
    subtract(5, 15);
    expect_list(15, 20, 25, 40);
}

static void a_list_without_places_stays_empty(void **state)
{
    (void)state;
    list.capacity = 0;
    assert_int_equal(region_list_add(&list, (struct region){1, 2}), REGION_LIST_FULL);
    subtract(0, 100);
    region_list_clip(&list, everywhere);
    region_list_round_inward(&list);
    assert_int_equal(region_list_total_bytes(&list), 0);
}

static void reserving_takes_every_page_that_is_touched(void **state)
{
    (void)state;
    add(0x1000, 0x9000);
    assert_int_equal(region_list_reserve(&list, 0x3fff, 2), REGION_OK);
    expect_list(0x1000, 0x3000, 0x5000, 0x9000);
    assert_int_equal(region_list_reserve(&list, 0x8000, UINT64_MAX), REGION_OK);
    expect_list(0x1000, 0x3000, 0x5000, 0x8000);
    assert_int_equal(region_list_total_bytes(&list), 0x5000);
}

static void clipping_keeps_what_is_inside(void **state)
{
    (void)state;
    add(10, 20);
    add(30, 40);
    add(50, 60);
    region_list_clip(&list, (struct region){20, 55});
    expect_list(30, 40, 50, 55);
    region_list_clip(&list, (struct region){35, 36});
    expect_list(35, 36);
    region_list_clip(&list, (struct region){36, 35});
    assert_int_equal(list.count, 0);
}

static void rounding_is_inward_for_use_and_outward_for_reserving(void **state)
{
    (void)state;
    static const uint64_t last_page = UINT64_MAX - 4095;
    static const uint64_t cases[][6] = {
        /* region, rounded inward, rounded outward */
        {0x1000, 0x2000, 0x1000, 0x2000, 0x1000, 0x2000},
        {0x1001, 0x3fff, 0x2000, 0x3000, 0x1000, 0x4000},
        {0xfff, 0x1001, 0x1000, 0x1000, 0, 0x2000},
        {0, 1, 0, 0, 0, 0x1000},
        {UINT64_MAX - 5000, UINT64_MAX, last_page, last_page, last_page - 0x1000, UINT64_MAX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct region region = {cases[i][0], cases[i][1]};
        assert_int_equal(region_round_inward(region).start, cases[i][2]);
        assert_int_equal(region_round_inward(region).end, cases[i][3]);
        assert_int_equal(region_round_outward(region).start, cases[i][4]);
        assert_int_equal(region_round_outward(region).end, cases[i][5]);
    }
    struct region inside_a_page = region_round_inward((struct region){0x1100, 0x1200});
    assert_true(inside_a_page.end <= inside_a_page.start);
    struct region empty = region_round_outward((struct region){0x1100, 0x1100});
    assert_true(empty.end <= empty.start);
    struct region in_last_page = region_round_inward((struct region){UINT64_MAX - 1, UINT64_MAX});
    assert_true(in_last_page.end <= in_last_page.start);
}

static void a_region_that_passes_the_end_is_clipped(void **state)
{
    (void)state;
    assert_int_equal(region_new(0x1000, 0x2000).end, 0x3000);
    assert_int_equal(region_new(0x1000, UINT64_MAX).end, UINT64_MAX);
    assert_int_equal(region_new(UINT64_MAX, 1).end, UINT64_MAX);
    assert_int_equal(region_new(UINT64_MAX - 0xfff, 0x1000).end, UINT64_MAX);
}

static void a_real_memory_map_is_normalised(void **state)
{
    (void)state;
    static const struct boot_region reported[] = {
        {0xfffc0000, 0x40000, BOOT_REGION_RESERVED},
        {0x100000, 0x7ee0000, BOOT_REGION_USABLE},
        {0, 0x9fc00, BOOT_REGION_USABLE},
        {0x9fc00, 0x400, BOOT_REGION_RESERVED},
        {0xf0000, 0x10000, BOOT_REGION_RESERVED},
        {0x7fe0000, 0x20000, BOOT_REGION_ACPI_RECLAIMABLE},
    };
    assert_int_equal(region_list_normalise(&list, reported, 6, everywhere), REGION_OK);
    expect_list(0, 0x9f000, 0x100000, 0x7fe0000);
    assert_int_equal(region_list_normalise(&list, reported, 6, (struct region){0x1000, 0x200800}), REGION_OK);
    expect_list(0x1000, 0x9f000, 0x100000, 0x200000);
    assert_int_equal(region_list_normalise(&list, reported, 0, everywhere), REGION_OK);
    assert_int_equal(list.count, 0);
}

static void every_kind_but_usable_wins_over_usable(void **state)
{
    (void)state;
    static const enum boot_region_kind kinds[] = {BOOT_REGION_RESERVED, BOOT_REGION_ACPI_RECLAIMABLE,
                                                  BOOT_REGION_ACPI_NVS, BOOT_REGION_DEFECTIVE};
    for (size_t i = 0; i < 4; i++) {
        const struct boot_region reported[] = {
            {0, 0x8000, BOOT_REGION_USABLE}, {0x3001, 1, kinds[i]}, {0, 0x8000, BOOT_REGION_USABLE}};
        assert_int_equal(region_list_normalise(&list, reported, 3, everywhere), REGION_OK);
        expect_list(0, 0x3000, 0x4000, 0x8000);
    }
}

static void usable_regions_that_meet_inside_a_page_give_that_page(void **state)
{
    (void)state;
    static const struct boot_region reported[] = {
        {0x1800, 0x1800, BOOT_REGION_USABLE}, {0, 0x1800, BOOT_REGION_USABLE}, {0x3001, 0x1fff, BOOT_REGION_USABLE}};
    assert_int_equal(region_list_normalise(&list, reported, 3, everywhere), REGION_OK);
    expect_list(0, 0x3000, 0x4000, 0x5000);
}

static void wrapping_regions_are_believed_only_when_not_usable(void **state)
{
    (void)state;
    static const struct boot_region reported[] = {{0x1000, UINT64_MAX, BOOT_REGION_USABLE},
                                                  {0x10000, 0x10000, BOOT_REGION_USABLE},
                                                  {0x18000, UINT64_MAX, BOOT_REGION_RESERVED}};
    assert_int_equal(region_list_normalise(&list, reported, 3, everywhere), REGION_OK);
    expect_list(0x10000, 0x18000);
}

static void a_map_that_does_not_fit_leaves_an_empty_list(void **state)
{
    (void)state;
    static const struct boot_region reported[] = {
        {0, 0x9000, BOOT_REGION_USABLE}, {0x2000, 1, BOOT_REGION_RESERVED}, {0x4000, 1, BOOT_REGION_RESERVED}};
    for (list.capacity = 0; list.capacity < 3; list.capacity++) {
        assert_int_equal(region_list_normalise(&list, reported, 3, everywhere), REGION_LIST_FULL);
        assert_int_equal(list.count, 0);
    }
    assert_int_equal(region_list_normalise(&list, reported, 3, everywhere), REGION_OK);
    expect_list(0, 0x2000, 0x3000, 0x4000, 0x5000, 0x9000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(added_regions_are_sorted, make_empty),
        cmocka_unit_test_setup(overlapping_adjacent_and_repeated_regions_merge, make_empty),
        cmocka_unit_test_setup(empty_and_inverted_regions_change_nothing, make_empty),
        cmocka_unit_test_setup(subtracting_trims_splits_and_removes, make_empty),
        cmocka_unit_test_setup(a_full_list_refuses_and_stays_as_it_was, make_empty),
        cmocka_unit_test_setup(a_list_without_places_stays_empty, make_empty),
        cmocka_unit_test_setup(reserving_takes_every_page_that_is_touched, make_empty),
        cmocka_unit_test_setup(clipping_keeps_what_is_inside, make_empty),
        cmocka_unit_test_setup(rounding_is_inward_for_use_and_outward_for_reserving, make_empty),
        cmocka_unit_test_setup(a_region_that_passes_the_end_is_clipped, make_empty),
        cmocka_unit_test_setup(a_real_memory_map_is_normalised, make_empty),
        cmocka_unit_test_setup(every_kind_but_usable_wins_over_usable, make_empty),
        cmocka_unit_test_setup(usable_regions_that_meet_inside_a_page_give_that_page, make_empty),
        cmocka_unit_test_setup(wrapping_regions_are_believed_only_when_not_usable, make_empty),
        cmocka_unit_test_setup(a_map_that_does_not_fit_leaves_an_empty_list, make_empty),
    };
    return cmocka_run_group_tests_name("region", tests, NULL, NULL);
}
