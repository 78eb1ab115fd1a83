/* SPDX-License-Identifier: MIT */
#include "panic_double.h"

#include <tenorite/mm/page_range.h>

enum { ITERATION_LIMIT = 5000 }; /* what counts as hanging */

static const uint64_t upper_half = 0xffff800000000000;
static const uint64_t last_page = 0xfffffffffffff000;

/* Hides a constant from the compiler, which would refuse it. */
static uint64_t unknown(uint64_t value)
{
    volatile uint64_t hidden = value;
    return hidden;
}

static page_4k page(uint64_t address)
{
    return page_4k_containing(virt_addr_new(unknown(address)));
}

static frame_4k frame(uint64_t address)
{
    return frame_4k_containing(phys_addr_new(unknown(address)));
}

/* Walks the range; each page must lie `step` behind the one before. */
static uint64_t count_pages(page_range_4k range, uint64_t first, uint64_t step)
{
    uint64_t seen = 0;
    FOR_EACH_PAGE(left, range) {
        assert_int_equal(left.first.start.value, first + seen * step);
        assert_int_equal(left.count, range.count - seen);
        assert_true(++seen < ITERATION_LIMIT);
    }
    return seen;
}

static void an_exclusive_range_yields_its_pages_without_the_end(void **state)
{
    (void)state;
    page_4k start = page(0xdeadbeaf);
    page_range_4k range = page_range_4k_exclusive(start, page_4k_add(start, 1000));
    assert_int_equal(count_pages(range, 0xdeadb000, 4096), 1000);
}

static void an_inclusive_range_yields_its_last_page_too(void **state)
{
    (void)state;
    page_4k start = page(0xdeadbeaf);
    page_range_4k range = page_range_4k_inclusive(start, page_4k_add(start, 1000));
    assert_int_equal(count_pages(range, 0xdeadb000, 4096), 1001);
}

static void a_range_up_to_the_last_page_neither_wraps_nor_hangs(void **state)
{
    (void)state;
    page_4k start = page(UINT64_MAX - 1000 * 4096);
    page_4k end = page_4k_add(start, 1000);
    assert_int_equal(end.start.value, last_page);
    assert_int_equal(count_pages(page_range_4k_inclusive(start, end), last_page - 1000 * 4096, 4096), 1001);
    assert_int_equal(count_pages(page_range_4k_new(start, 1001), last_page - 1000 * 4096, 4096), 1001);
    assert_int_equal(page_range_4k_inclusive(page(0), end).count, 1ull << 36);
    assert_int_equal(page_range_4k_size_bytes(page_range_4k_inclusive(page(0), end)), 1ull << 48);

    frame_4k last = frame(0xffffffffff000);
    uint64_t seen = 0;
    FOR_EACH_PAGE(left, frame_range_4k_inclusive(frame_4k_subtract(last, 2), last))
        assert_int_equal(left.first.start.value, 0xfffffffffd000 + seen++ * 4096);
    assert_int_equal(seen, 3);
}

static void length_counts_pages_and_size_bytes(void **state)
{
    (void)state;
    page_4k start = page(0xdeadbeaf);
    page_4k end = page_4k_add(start, 50);
    assert_int_equal(page_range_4k_exclusive(start, end).count, 50);
    assert_int_equal(page_range_4k_inclusive(start, end).count, 51);
    assert_int_equal(page_range_4k_size_bytes(page_range_4k_exclusive(start, end)), 50 * 4096);

    frame_4k first = frame(0xdeadbeaf);
    assert_int_equal(frame_range_4k_exclusive(first, frame_4k_add(first, 50)).count, 50);
    assert_int_equal(frame_range_4k_inclusive(first, frame_4k_add(first, 50)).count, 51);

    frame_2m large = frame_2m_containing(phys_addr_new(unknown(0xdeadbeaf)));
    frame_range_2m twelve = frame_range_2m_exclusive(large, frame_2m_add(large, 12));
    assert_int_equal(frame_range_2m_size_bytes(twelve), 12 * 0x200000);
    page_1g giant = page_1g_containing(virt_addr_new(unknown(upper_half)));
    assert_int_equal(page_range_1g_size_bytes(page_range_1g_inclusive(giant, giant)), 1 << 30);
}

static void reversed_and_empty_ranges_have_no_pages(void **state)
{
    (void)state;
    page_range_4k nothing[] = {
        page_range_4k_exclusive(page(0x5000), page(0x5000)),
        page_range_4k_exclusive(page(0x5000), page(0x4000)),
        page_range_4k_exclusive(page(last_page), page(0)),
        page_range_4k_exclusive(page(upper_half), page(0x1000)),
        page_range_4k_inclusive(page(0x5000), page(0x4000)),
        page_range_4k_inclusive(page(last_page), page(0)),
        page_range_4k_new(page(last_page), 0),
    };
    for (size_t i = 0; i < COUNT_OF(nothing); i++) {
        assert_true(page_range_4k_is_empty(nothing[i]));
        assert_int_equal(nothing[i].count, 0);
        assert_int_equal(page_range_4k_size_bytes(nothing[i]), 0);
        assert_int_equal(count_pages(nothing[i], 0, 0), 0);
    }
    assert_false(page_range_4k_is_empty(page_range_4k_inclusive(page(0), page(0))));
}

static void a_range_jumps_the_hole(void **state)
{
    const uint64_t expected[] = {0x7fffffffe000, 0x7ffffffff000, upper_half, upper_half + 4096};
    (void)state;
    page_range_4k range = page_range_4k_inclusive(page(expected[0]), page(expected[3]));
    assert_int_equal(range.count, 4);
    size_t seen = 0;
    FOR_EACH_PAGE(left, range)
        assert_int_equal(left.first.start.value, expected[seen++]);
    assert_int_equal(seen, 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(page_range_4k_get(range, i).start.value, expected[i]);
}

static void break_and_continue_work_as_in_any_loop(void **state)
{
    (void)state;
    uint64_t sum = 0;
    FOR_EACH_PAGE(left, page_range_4k_new(page(0x1000), 10)) {
        if (left.first.start.value == 0x2000)
            continue;
        if (left.first.start.value == 0x5000)
            break;
        sum += left.first.start.value;
    }
    assert_int_equal(sum, 0x1000 + 0x3000 + 0x4000);
}

static page_range_4k calls_counted(int *calls)
{
    ++*calls;
    return page_range_4k_new(page(0x1000), 3);
}

static void the_loop_evaluates_its_range_once(void **state)
{
    int calls = 0;
    (void)state;
    FOR_EACH_PAGE(left, calls_counted(&calls))
        assert_true(left.count <= 3);
    assert_int_equal(calls, 1);
}

static void larger_pages_read_as_4k(void **state)
{
    (void)state;
    page_2m start = page_2m_at(virt_addr_new(unknown(upper_half + 0x200000)));
    page_range_4k small = page_range_2m_as_4k(page_range_2m_new(start, 3));
    assert_int_equal(small.first.start.value, upper_half + 0x200000);
    assert_int_equal(small.count, 3 * 512);
    assert_int_equal(page_range_4k_get(small, 3 * 512 - 1).start.value, upper_half + 0x7ff000);
    frame_1g giant = frame_1g_at(phys_addr_new(unknown(0x40000000)));
    assert_int_equal(frame_range_1g_as_4k(frame_range_1g_new(giant, 2)).count, 2 * 512 * 512);
    frame_2m large = frame_2m_at(phys_addr_new(unknown(0x40000000)));
    assert_int_equal(frame_range_2m_as_4k(frame_range_2m_new(large, 1)).count, 512);
    page_1g page = page_1g_at(virt_addr_new(unknown(0xffffffffc0000000)));
    assert_int_equal(page_range_1g_as_4k(page_range_1g_new(page, 1)).count, 512 * 512);
    assert_int_equal(page_range_2m_as_4k(page_range_2m_new(start, 0)).count, 0);
}

static void a_count_beyond_the_end_panics(void **state)
{
    (void)state;
    assert_int_equal(page_range_4k_new(page(0), 1ull << 36).count, 1ull << 36);
    assert_int_equal(page_range_4k_new(page(last_page), 1).count, 1);
    EXPECT_PANIC("2 of page_4k from 0xfffffffffffff000 on", (void)page_range_4k_new(page(last_page), 2));
    EXPECT_PANIC("of page_4k from 0 on", (void)page_range_4k_new(page(0), (1ull << 36) + 1));
    EXPECT_PANIC("of page_4k from 0 on", (void)page_range_4k_new(page(0), UINT64_MAX));
    EXPECT_PANIC("2 of frame_4k from 0xffffffffff000 on", (void)frame_range_4k_new(frame(0xffffffffff000), 2));
    frame_1g giant = frame_1g_containing(phys_addr_new(unknown(0xfffffffffffff)));
    EXPECT_PANIC("2 of frame_1g", (void)frame_range_1g_new(giant, 2));
}

static void foreign_bytes_are_checked(void **state)
{
    const struct {
        uint64_t start, length;
        enum page_range_error page, frame;
    } cases[] = {
        {0, 0, PAGE_RANGE_OK, PAGE_RANGE_OK},
        {0x1000, 0x3000, PAGE_RANGE_OK, PAGE_RANGE_OK},
        {0x1001, 0x3000, PAGE_RANGE_MISALIGNED, PAGE_RANGE_MISALIGNED},
        {0x1000, 0x3001, PAGE_RANGE_MISALIGNED, PAGE_RANGE_MISALIGNED},
        {0x1000, UINT64_MAX, PAGE_RANGE_MISALIGNED, PAGE_RANGE_MISALIGNED},
        {0, 0x800000000000, PAGE_RANGE_OK, PAGE_RANGE_OK},
        {0, 0x800000001000, PAGE_RANGE_NO_ADDRESSES, PAGE_RANGE_OK},
        {0x7ffffffff000, 0x2000, PAGE_RANGE_NO_ADDRESSES, PAGE_RANGE_OK},
        {0x1000, 0xffffffffffffe000, PAGE_RANGE_NO_ADDRESSES, PAGE_RANGE_NO_ADDRESSES},
        {0x1000, 0xfffffffffffff000, PAGE_RANGE_NO_ADDRESSES, PAGE_RANGE_NO_ADDRESSES},
        {0x800000000000, 0x1000, PAGE_RANGE_NO_ADDRESSES, PAGE_RANGE_OK},
        {0x800000000000, 0, PAGE_RANGE_NO_ADDRESSES, PAGE_RANGE_OK},
        {0xffff7ffffffff000, 0x2000, PAGE_RANGE_NO_ADDRESSES, PAGE_RANGE_NO_ADDRESSES},
        {upper_half, 0x800000000000, PAGE_RANGE_OK, PAGE_RANGE_NO_ADDRESSES},
        {upper_half, 0x800000001000, PAGE_RANGE_NO_ADDRESSES, PAGE_RANGE_NO_ADDRESSES},
        {last_page, 0x1000, PAGE_RANGE_OK, PAGE_RANGE_NO_ADDRESSES},
        {last_page, 0x2000, PAGE_RANGE_NO_ADDRESSES, PAGE_RANGE_NO_ADDRESSES},
        {0xffffffffff000, 0x1000, PAGE_RANGE_NO_ADDRESSES, PAGE_RANGE_OK},
        {0xffffffffff000, 0x2000, PAGE_RANGE_NO_ADDRESSES, PAGE_RANGE_NO_ADDRESSES},
        {0x10000000000000, 0, PAGE_RANGE_NO_ADDRESSES, PAGE_RANGE_NO_ADDRESSES},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(page_range_4k_check(cases[i].start, cases[i].length), cases[i].page);
        assert_int_equal(frame_range_4k_check(cases[i].start, cases[i].length), cases[i].frame);
    }
    assert_int_equal(page_range_2m_check(0x200000, 0x201000), PAGE_RANGE_MISALIGNED);
    assert_int_equal(frame_range_1g_check(0x200000, 0x40000000), PAGE_RANGE_MISALIGNED);
}

static void a_range_of_bytes_takes_what_the_check_accepts(void **state)
{
    (void)state;
    page_range_4k range = page_range_4k_of_bytes(virt_addr_new(unknown(last_page - 0x1000)), 0x2000);
    assert_int_equal(range.first.start.value, last_page - 0x1000);
    assert_int_equal(range.count, 2);
    frame_range_2m frames = frame_range_2m_of_bytes(phys_addr_new(unknown(0x200000)), 0x600000);
    assert_int_equal(frames.count, 3);
    EXPECT_PANIC("0x2000 bytes from 0xfffffffffffff000",
                 (void)page_range_4k_of_bytes(virt_addr_new(unknown(last_page)), 0x2000));
    EXPECT_PANIC("0x1000 bytes from 0x200000",
                 (void)frame_range_2m_of_bytes(phys_addr_new(unknown(0x200000)), 0x1000));
}

static void contains_tells_which_pages_are_inside(void **state)
{
    (void)state;
    page_range_4k range = page_range_4k_inclusive(page(0x7ffffffff000), page(upper_half));
    assert_false(page_range_4k_contains(range, page(0x7fffffffe000)));
    assert_true(page_range_4k_contains(range, page(0x7ffffffff000)));
    assert_true(page_range_4k_contains(range, page(upper_half)));
    assert_false(page_range_4k_contains(range, page(upper_half + 4096)));
    assert_false(page_range_4k_contains(page_range_4k_new(page(0), 0), page(0)));
}

static void access_beyond_a_range_panics(void **state)
{
    (void)state;
    page_range_4k two = page_range_4k_new(page(0x1000), 2);
    EXPECT_PANIC("page 2 of 2", (void)page_range_4k_get(two, unknown(2)));
    EXPECT_PANIC("page 18446744073709551615 of 2", (void)page_range_4k_get(two, unknown(UINT64_MAX)));
    EXPECT_PANIC("no pages", (void)page_range_4k_without_first(page_range_4k_new(page(0x1000), unknown(0))));
}

/* What a range of every kind does at its edges, by the second and the third page of the address space. */
#define EXPECT_EDGES(range, page_type, address, bytes)                                                               \
    do {                                                                                                             \
        page_type first = page_type##_at(address##_new(unknown(bytes))), second = page_type##_add(first, 1);         \
        range both = range##_inclusive(first, second), one = range##_exclusive(first, second);                       \
        assert_int_equal(both.count, 2);                                                                             \
        assert_int_equal(one.count, 1);                                                                              \
        assert_int_equal(range##_size_bytes(both), 2ull * (bytes));                                                  \
        assert_true(range##_is_empty(range##_inclusive(second, first)));                                             \
        assert_false(range##_is_empty(one));                                                                         \
        assert_true(range##_contains(one, first));                                                                   \
        assert_false(range##_contains(one, second));                                                                 \
        assert_false(range##_contains(range##_new(second, 1), first));                                               \
        assert_int_equal(range##_get(both, 1).start.value, 2ull * (bytes));                                          \
        assert_int_equal(range##_check(bytes, 2ull * (bytes)), PAGE_RANGE_OK);                                       \
        assert_int_equal(range##_check((bytes) / 2, bytes), PAGE_RANGE_MISALIGNED);                                  \
        assert_int_equal(range##_check(bytes, (bytes) / 2), PAGE_RANGE_MISALIGNED);                                  \
        assert_int_equal(range##_check(1ull << 62, bytes), PAGE_RANGE_NO_ADDRESSES);                                 \
        assert_int_equal(range##_of_bytes(first.start, 3ull * (bytes)).count, 3);                                    \
        EXPECT_PANIC("of " #page_type, (void)range##_new(first, unknown(1ull << 41)));                               \
        size_t seen = 0;                                                                                             \
        FOR_EACH_PAGE(left, both)                                                                                    \
            assert_int_equal(left.first.start.value, (uint64_t)(bytes) * ++seen);                                    \
        assert_int_equal(seen, 2);                                                                                   \
    } while (0)

static void ranges_of_every_size_and_kind_do_the_same(void **state)
{
    (void)state;
    EXPECT_EDGES(page_range_4k, page_4k, virt_addr, PAGE_4K_BYTES);
    EXPECT_EDGES(page_range_2m, page_2m, virt_addr, PAGE_2M_BYTES);
    EXPECT_EDGES(page_range_1g, page_1g, virt_addr, PAGE_1G_BYTES);
    EXPECT_EDGES(frame_range_4k, frame_4k, phys_addr, PAGE_4K_BYTES);
    EXPECT_EDGES(frame_range_2m, frame_2m, phys_addr, PAGE_2M_BYTES);
    EXPECT_EDGES(frame_range_1g, frame_1g, phys_addr, PAGE_1G_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_exclusive_range_yields_its_pages_without_the_end),
        cmocka_unit_test(an_inclusive_range_yields_its_last_page_too),
        cmocka_unit_test(a_range_up_to_the_last_page_neither_wraps_nor_hangs),
        cmocka_unit_test(length_counts_pages_and_size_bytes),
        cmocka_unit_test(reversed_and_empty_ranges_have_no_pages),
        cmocka_unit_test(a_range_jumps_the_hole),
        cmocka_unit_test(break_and_continue_work_as_in_any_loop),
        cmocka_unit_test(the_loop_evaluates_its_range_once),
        cmocka_unit_test(larger_pages_read_as_4k),
        cmocka_unit_test(a_count_beyond_the_end_panics),
        cmocka_unit_test(foreign_bytes_are_checked),
        cmocka_unit_test(a_range_of_bytes_takes_what_the_check_accepts),
        cmocka_unit_test(contains_tells_which_pages_are_inside),
        cmocka_unit_test(access_beyond_a_range_panics),
        cmocka_unit_test(ranges_of_every_size_and_kind_do_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
