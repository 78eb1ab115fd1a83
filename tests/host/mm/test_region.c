/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

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

/*
 * The model: 1024 pages of memory, one flag for each STEP bytes. Random bounds are multiples of STEP, so that a flag
 * stands for all of its bytes.
 */
enum {
    STEP = 512,
    MODEL_PAGES = 1024,
    STEPS_PER_PAGE = REGION_PAGE_BYTES / STEP,
    STEPS = MODEL_PAGES * STEPS_PER_PAGE
};

static uint64_t random_state;

static uint64_t random_below(uint64_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % limit;
}

static void paint(bool *model, uint64_t start, uint64_t end, bool value)
{
    for (uint64_t step = start / STEP; step < STEPS && step * STEP < end; step++)
        model[step] = value;
}

/* The list and the model hold the same bytes, and the list keeps its invariants. */
static void expect_model(const bool *model)
{
    static bool painted[STEPS];
    memset(painted, 0, sizeof painted);
    uint64_t bytes = 0;
    assert_true(list.count <= list.capacity);
    for (size_t i = 0; i < list.count; i++) {
        assert_true(list.regions[i].start < list.regions[i].end);
        assert_true(i == 0 || list.regions[i - 1].end < list.regions[i].start);
        assert_true(list.regions[i].end <= (uint64_t)STEPS * STEP);
        paint(painted, list.regions[i].start, list.regions[i].end, true);
        bytes += list.regions[i].end - list.regions[i].start;
    }
    assert_memory_equal(painted, model, sizeof painted);
    assert_int_equal(region_list_total_bytes(&list), bytes);
}

static struct region random_region(void)
{
    uint64_t start = random_below(STEPS + 1) * STEP;
    uint64_t longest = random_below(4) == 0 ? STEPS : 64;
    uint64_t end = start + random_below(longest) * STEP;
    return (struct region){start, end < (uint64_t)STEPS * STEP ? end : (uint64_t)STEPS * STEP};
}

static void random_operations_agree_with_a_bitmap(void **state)
{
    (void)state;
    static bool model[STEPS];
    random_state = 0x7e40217e;
    print_message("seed %#llx\n", (unsigned long long)random_state);
    for (unsigned round = 0; round < 200; round++) {
        memset(model, 0, sizeof model);
        list.count = 0;
        list.capacity = 1 + random_below(COUNT_OF(places));
        for (unsigned step = 0; step < 30; step++) {
            struct region region = random_region();
            bool is_sum = random_below(2) == 0;
            struct region before[COUNT_OF(places)];
            size_t count_before = list.count;
            memcpy(before, places, sizeof before);
            enum region_error error = is_sum ? region_list_add(&list, region) : region_list_subtract(&list, region);
            if (error == REGION_OK) {
                paint(model, region.start, region.end, is_sum);
            } else {
                assert_true(count_before == list.capacity);
                assert_int_equal(list.count, count_before);
                assert_memory_equal(before, places, count_before * sizeof before[0]);
            }
        }
        expect_model(model);
    }
}

/* Regions in steps, some of them empty, beyond the model, or passing 2^64. */
static struct boot_region random_report(void)
{
    struct region region = random_region();
    struct boot_region reported = {region.start, region.end - region.start, BOOT_REGION_USABLE};
    if (random_below(2) == 0)
        reported.kind = (enum boot_region_kind)(BOOT_REGION_RESERVED + random_below(4));
    if (random_below(30) == 0)
        reported.length = UINT64_MAX - random_below(8);
    if (random_below(30) == 0)
        reported.base += (1ull << 52) - (uint64_t)STEPS * STEP / 2;
    return reported;
}

static void model_of_a_map(bool *model, const struct boot_region *reported, size_t count, struct region limit)
{
    static bool usable[STEPS], taken[STEPS];
    memset(usable, 0, sizeof usable);
    memset(taken, 0, sizeof taken);
    for (size_t i = 0; i < count; i++) {
        uint64_t end = reported[i].base + reported[i].length;
        bool wraps = end < reported[i].base;
        if (reported[i].kind != BOOT_REGION_USABLE)
            paint(taken, reported[i].base, wraps ? UINT64_MAX : end, true);
        else if (!wraps)
            paint(usable, reported[i].base, end, true);
    }
    for (size_t page = 0; page < MODEL_PAGES; page++) {
        bool is_whole = true;
        for (size_t step = page * STEPS_PER_PAGE; step < (page + 1) * STEPS_PER_PAGE; step++)
            is_whole &= usable[step] && !taken[step] && step * STEP >= limit.start && (step + 1) * STEP <= limit.end;
        memset(model + page * STEPS_PER_PAGE, is_whole, STEPS_PER_PAGE);
    }
}

static void random_memory_maps_agree_with_a_bitmap(void **state)
{
    (void)state;
    static bool model[STEPS];
    random_state = 0x0b0075;
    print_message("seed %#llx\n", (unsigned long long)random_state);
    size_t pages = 0;
    for (unsigned round = 0; round < 3000; round++) {
        struct boot_region reported[24];
        size_t count = random_below(COUNT_OF(reported) + 1);
        for (size_t i = 0; i < count; i++)
            reported[i] = i > 0 && random_below(10) == 0 ? reported[random_below(i)] : random_report();
        struct region limit = {random_below(16) * STEP, (STEPS - random_below(16)) * STEP};
        list.capacity = count;
        assert_int_equal(region_list_normalise(&list, reported, count, limit), REGION_OK);
        model_of_a_map(model, reported, count, limit);
        expect_model(model);
        for (size_t i = 0; i < list.count; i++)
            assert_int_equal((list.regions[i].start | list.regions[i].end) % REGION_PAGE_BYTES, 0);
        pages += region_list_total_bytes(&list) / REGION_PAGE_BYTES;
    }
    assert_in_range(pages, 3000 * 10, 3000 * MODEL_PAGES);
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
        cmocka_unit_test_setup(random_operations_agree_with_a_bitmap, make_empty),
        cmocka_unit_test_setup(random_memory_maps_agree_with_a_bitmap, make_empty),
    };
    return cmocka_run_group_tests_name("region", tests, NULL, NULL);
}
