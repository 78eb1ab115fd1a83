/* SPDX-License-Identifier: MIT */
/* Ranges of pages that are mapped: unmapped, and given other flags. The oracle is the tables themselves, read by hand
 * (fixture_entry). */
#include "range_fixture.h"

static void unmap_gives_the_frames_as_runs(void **state)
{
    struct frame_list frames;
    (void)state;
    assert_int_equal(map(giant_address, 0x80000000, IN_2M, PAGE_SIZE_2M), MAP_OK);
    assert_int_equal(map(giant_address + 0x200000, 0x80200000, 3, PAGE_SIZE_4K), MAP_OK);
    assert_int_equal(map(giant_address + 0x203000, 0x5000, 2, PAGE_SIZE_4K), MAP_OK);
    assert_int_equal(map_one(giant_address + 0x205000, 0x4000), MAP_OK);
    assert_int_equal(map_one(giant_address + 0x206000, 0x9000), MAP_OK);
    struct unmapped_range unmapped =
        flush(unmap_range(&fixture_mapper, (page_range_4k){page(giant_address), IN_2M + 6}, &frames));
    assert_int_equal(unmapped.error, MAP_OK);
    assert_int_equal(unmapped.count, IN_2M + 6);
    assert_int_equal(frame_list_length(&frames), 3);
    static const frame_range_4k expected[] = {{{{0x80000000}}, IN_2M + 3}, {{{0x5000}}, 2}, {{{0x4000}}, 1}};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(frame_list_run(&frames, i).first.start.value, expected[i].first.start.value);
        assert_int_equal(frame_list_run(&frames, i).count, expected[i].count);
    }
    EXPECT_PANIC("run 3 of 3", (void)frame_list_run(&frames, 3));
    for (uint64_t i = 0; i < IN_2M + 6; i++)
        assert_int_equal(error_at(giant_address + i * 4096), MAP_NOT_MAPPED);
    assert_int_equal(*fixture_entry(giant_address + 0x206000, 1), 0x9000 | DATA_BITS);
}

static void unmap_stops_where_the_list_is_full(void **state)
{
    struct frame_list frames;
    uint64_t pages = 2 * FRAME_LIST_RUNS + 3;
    uint64_t start = giant_address - 5 * 4096;
    (void)state;
    for (uint64_t i = 0; i < pages; i++)
        assert_int_equal(map_one(start + i * 4096, 0x100000 - i * 0x2000), MAP_OK);
    uint64_t expected[] = {FRAME_LIST_RUNS, FRAME_LIST_RUNS, 3};
    uint64_t done = 0;
    for (int call = 0; call < 3; call++) {
        page_4k first = page(start + done * 4096);
        struct unmapped_range unmapped =
            flush(unmap_range(&fixture_mapper, (page_range_4k){first, pages - done}, &frames));
        assert_int_equal(unmapped.error, MAP_OK);
        assert_int_equal(unmapped.count, expected[call]);
        assert_int_equal(frame_list_length(&frames), expected[call]);
        for (uint64_t i = 0; i < unmapped.count; i++)
            assert_int_equal(frame_list_run(&frames, i).first.start.value, 0x100000 - (done + i) * 0x2000);
        done += unmapped.count;
        for (uint64_t i = 0; i < pages; i++)
            assert_int_equal(error_at(start + i * 4096), i < done ? MAP_NOT_MAPPED : MAP_OK);
    }
}

static void unmap_refuses_a_hole_and_a_part_of_a_larger_page(void **state)
{
    struct frame_list frames;
    (void)state;
    assert_int_equal(map(giant_address - 4096, 0x7ffff000, IN_2M + 2, PAGE_SIZE_2M), MAP_OK);
    fixture_snapshot();
    page_4k first = page(giant_address - 4096);
    assert_int_equal(ignore(unmap_range(&fixture_mapper, (page_range_4k){first, IN_2M}, &frames)).error,
                     MAP_INSIDE_HUGE_PAGE);
    assert_int_equal(
        ignore(unmap_range(&fixture_mapper, (page_range_4k){page(giant_address + 4096), 1}, &frames)).error,
        MAP_INSIDE_HUGE_PAGE);
    assert_int_equal(ignore(unmap_range(&fixture_mapper, (page_range_4k){first, IN_2M + 3}, &frames)).error,
                     MAP_NOT_MAPPED);
    assert_int_equal(ignore(unmap_range(&fixture_mapper, (page_range_4k){page(0x400000), 1}, &frames)).error,
                     MAP_NOT_MAPPED);
    page_range_4k from_inside = {page(giant_address + 4096), IN_2M};
    assert_int_equal(ignore(unmap_range(&fixture_mapper, from_inside, &frames)).error, MAP_INSIDE_HUGE_PAGE);
    assert_int_equal(ignore(update_flags_range(&fixture_mapper, from_inside, READABLE)), MAP_INSIDE_HUGE_PAGE);
    assert_int_equal(ignore(update_flags_range(&fixture_mapper, (page_range_4k){first, 2}, READABLE)),
                     MAP_INSIDE_HUGE_PAGE);
    assert_int_equal(ignore(update_flags_range(&fixture_mapper, (page_range_4k){first, IN_2M + 3}, READABLE)),
                     MAP_NOT_MAPPED);
    fixture_expect_unchanged();
}

static void frames_stay_hidden_until_the_flush(void **state)
{
    struct frame_list frames;
    (void)state;
    assert_int_equal(map(giant_address, 0x456000, 2, PAGE_SIZE_4K), MAP_OK);
    MUST_FLUSH(token, unmap_range(&fixture_mapper, (page_range_4k){page(giant_address), 2}, &frames));
    assert_int_equal(held_error(&token), MAP_OK);
    EXPECT_PANIC("read before their pages are flushed", (void)frame_list_length(&frames));
    EXPECT_PANIC("read before their pages are flushed", (void)frame_list_run(&frames, 0));
    assert_int_equal(flush_held(&token), 2);
    assert_int_equal(frame_list_length(&frames), 1);
    assert_int_equal(frame_list_run(&frames, 0).count, 2);
}

static void update_gives_all_sizes_the_flags(void **state)
{
    (void)state;
    page_flags flags = PAGE_FLAGS(PRESENT, PAT);
    assert_int_equal(map(giant_address - 4096, 0x7ffff000, IN_1G + IN_2M + 2, PAGE_SIZE_1G), MAP_OK);
    assert_int_equal(ignore(update_flags_range(
                         &fixture_mapper, (page_range_4k){page(giant_address - 4096), IN_1G + IN_2M + 1}, flags)),
                     MAP_OK);
    assert_int_equal(*fixture_entry(giant_address - 4096, 1), 0x7ffff081);
    assert_int_equal(*fixture_entry(giant_address, 3), 0x80001081);
    assert_int_equal(*fixture_entry(giant_address + 0x40000000, 2), 0xc0001081);
    assert_int_equal(*fixture_entry(giant_address + 0x40200000, 1), 0xc0200000 | DATA_BITS);
    fixture_snapshot();
    page_flags writable = PAGE_FLAGS(PRESENT, WRITABLE);
    assert_int_equal(
        ignore(update_flags_range(&fixture_mapper, (page_range_4k){page(giant_address), IN_1G}, writable)),
        MAP_WRITABLE_EXECUTABLE);
    fixture_expect_unchanged();
}

static void a_cpu_without_execute_protection_never_sees_its_bit(void **state)
{
    (void)state;
    fixture_mapper.has_no_execute = false;
    assert_int_equal(map(giant_address, 0x456000, 2, PAGE_SIZE_4K), MAP_OK);
    assert_int_equal(*fixture_entry(giant_address, 1), 0x456003);
    assert_int_equal(ignore(update_flags_range(&fixture_mapper, (page_range_4k){page(giant_address), 2}, READABLE)),
                     MAP_OK);
    assert_int_equal(*fixture_entry(giant_address + 4096, 1), 0x457001);
}

static uint64_t seed;

static uint64_t random_below(uint64_t limit)
{
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return seed % limit;
}

/* A number of pages around the borders of 4 KiB, 2 MiB and 1 GiB pages. */
static uint64_t random_pages(void)
{
    static const uint64_t near[] = {0, IN_2M, 2 * IN_2M, IN_1G};
    return near[random_below(COUNT_OF(near))] + random_below(6);
}

/* What unmap_range() lists, taken together, is the range's frames in order. */
static void unmap_all(uint64_t virtual, uint64_t physical, uint64_t count)
{
    struct frame_list frames;
    for (uint64_t done = 0; done < count;) {
        page_range_4k left = {page(virtual + done * 4096), count - done};
        struct unmapped_range unmapped = ignore(unmap_range(&fixture_mapper, left, &frames));
        assert_int_equal(unmapped.error, MAP_OK);
        assert_int_equal(frame_list_length(&frames), 1);
        assert_int_equal(frame_list_run(&frames, 0).first.start.value, physical + done * 4096);
        assert_int_equal(frame_list_run(&frames, 0).count, unmapped.count);
        done += unmapped.count;
    }
}

static void random_ranges_show_their_frames_and_leave_nothing(void **state)
{
    (void)state;
    seed = 0x9e3779b97f4a7c15;
    uint64_t before = fixture_free_frames();
    for (int i = 0; i < 200; i++) {
        uint64_t virtual = giant_address - 0x201000 + (random_pages() << 12);
        uint64_t physical = 0x100000000 + (random_below(2) == 0 ? virtual % (1 << 30) : random_pages() << 12);
        uint64_t count = 1 + random_pages() % (3 * IN_2M);
        assert_int_equal(map(virtual, physical, count, (enum page_size)random_below(3)), MAP_OK);
        expect_range(virtual, physical, count);
        fixture_snapshot();
        assert_int_not_equal(map(virtual - 0x3000, physical, 4, PAGE_SIZE_4K), MAP_OK);
        fixture_expect_unchanged();
        unmap_all(virtual, physical, count);
        for (uint64_t page_index = 0; page_index < count; page_index++)
            assert_int_equal(error_at(virtual + page_index * 4096), MAP_NOT_MAPPED);
        if (random_below(3) == 0) {
            assert_int_equal(flush(clean_up_all(&fixture_mapper, KERNEL_TABLES_OWN)), MAP_OK);
            assert_int_equal(fixture_free_frames(), before);
        }
    }
}

#define WITH_MEMORY(test) cmocka_unit_test_setup(test, fixture_setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_MEMORY(unmap_gives_the_frames_as_runs),
        WITH_MEMORY(unmap_stops_where_the_list_is_full),
        WITH_MEMORY(unmap_refuses_a_hole_and_a_part_of_a_larger_page),
        WITH_MEMORY(frames_stay_hidden_until_the_flush),
        WITH_MEMORY(update_gives_all_sizes_the_flags),
        WITH_MEMORY(a_cpu_without_execute_protection_never_sees_its_bit),
        WITH_MEMORY(random_ranges_show_their_frames_and_leave_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
