/* SPDX-License-Identifier: MIT */
#include "panic_double.h"

#include <tenorite/mm/page.h>

/* Hides a constant from the compiler, which would refuse it. */
static uint64_t unknown(uint64_t value)
{
    volatile uint64_t hidden = value;
    return hidden;
}

static void page_at_takes_aligned_addresses_only(void **state)
{
    (void)state;
    assert_int_equal(page_4k_at(virt_addr_new(unknown(0xdeadb000))).start.value, 0xdeadb000);
    assert_int_equal(page_2m_at(virt_addr_new(unknown(0xffff800000200000))).start.value, 0xffff800000200000);
    assert_int_equal(frame_1g_at(phys_addr_new(unknown(0x40000000))).start.value, 0x40000000);
    EXPECT_PANIC("0xdeadb001 is not the start of a page_4k", (void)page_4k_at(virt_addr_new(unknown(0xdeadb001))));
    EXPECT_PANIC("0x201000 is not the start of a page_2m", (void)page_2m_at(virt_addr_new(unknown(0x201000))));
    EXPECT_PANIC("0x40200000 is not the start of a frame_1g", (void)frame_1g_at(phys_addr_new(unknown(0x40200000))));
}

static void try_at_reports_misalignment(void **state)
{
    (void)state;
    struct page_4k_result page = page_4k_try_at(virt_addr_new(unknown(0x5000)));
    assert_true(page.is_valid);
    assert_int_equal(page.value.start.value, 0x5000);
    assert_false(page_4k_try_at(virt_addr_new(unknown(0x5008))).is_valid);
    assert_false(frame_2m_try_at(phys_addr_new(unknown(0x1ff000))).is_valid);
    assert_true(frame_2m_try_at(phys_addr_new(unknown(0x400000))).is_valid);
}

static void containing_rounds_down(void **state)
{
    (void)state;
    uint64_t last = 0xffffffffffffffff;
    assert_int_equal(page_4k_containing(virt_addr_new(unknown(last))).start.value, 0xfffffffffffff000);
    assert_int_equal(page_2m_containing(virt_addr_new(unknown(last))).start.value, 0xffffffffffe00000);
    assert_int_equal(page_1g_containing(virt_addr_new(unknown(last))).start.value, 0xffffffffc0000000);
    assert_int_equal(frame_4k_containing(phys_addr_new(unknown(0xdeadbeef))).start.value, 0xdeadb000);
}

static void number_counts_from_address_0(void **state)
{
    (void)state;
    assert_int_equal(frame_4k_number(frame_4k_at(phys_addr_new(unknown(0x7000)))), 7);
    assert_int_equal(frame_2m_number(frame_2m_at(phys_addr_new(unknown(0x600000)))), 3);
}

static const uint64_t upper_half = 0xffff800000000000;
static const uint64_t last_page = 0xfffffffffffff000;

static page_4k page(uint64_t address)
{
    return page_4k_at(virt_addr_new(unknown(address)));
}

static void sums_panic_on_overflow_and_in_the_hole(void **state)
{
    (void)state;
    assert_int_equal(page_4k_add(page(0x1000), 3).start.value, 0x4000);
    assert_int_equal(page_4k_subtract(page(0x4000), 3).start.value, 0x1000);
    assert_int_equal(frame_2m_add(frame_2m_at(phys_addr_new(0)), 2).start.value, 0x400000);
    assert_int_equal(page_4k_difference(page(0x4000), page(0x1000)), 3);
    assert_int_equal(frame_1g_difference(frame_1g_at(phys_addr_new(0xc0000000)), frame_1g_at(phys_addr_new(0))), 3);
    EXPECT_PANIC("0x7ffffffff000 + 0x1000", (void)page_4k_add(page(0x7ffffffff000), 1));
    EXPECT_PANIC("0xfffffffffffff000 + 0x1000", (void)page_4k_add(page(last_page), 1));
    EXPECT_PANIC("0xffff800000000000 - 0x1000", (void)page_4k_subtract(page(upper_half), 1));
    EXPECT_PANIC("0 - 0x1000", (void)page_4k_subtract(page(0), 1));
    EXPECT_PANIC("4503599627370496 pages", (void)page_4k_add(page(0), unknown(1ull << 52)));
    EXPECT_PANIC("4503599627370496 pages", (void)page_4k_subtract(page(0), unknown(1ull << 52)));
    EXPECT_PANIC("0x1000 - 0x2000", (void)page_4k_difference(page(0x1000), page(0x2000)));
}

struct step_case {
    uint64_t from, count;
    bool exists;
    uint64_t to;
};

static void steps_forward_jump_the_hole(void **state)
{
    const struct step_case cases[] = {
        {0, 0, true, 0},
        {0, 1, true, 0x1000},
        {0x1000, 1, true, 0x2000},
        {0x7ffffffff000, 1, true, upper_half},
        {upper_half, 1, true, upper_half + 0x1000},
        {last_page, 1, false, 0},
        {0x7ffffffff000, 0x123456789, true, 0xffff923456788000},
        {0x7ffffffff000, 0x800000000, true, last_page},
        {0x7ffffff00000, 0x8000000ff, true, last_page},
        {0x7ffffff00000, 0x800000100, false, 0},
        {0x7ffffffff000, 0x800000001, false, 0},
        {0, 0x100000, true, 0x100000000},
        {0, (1ull << 36) - 1, true, last_page},
        {0, 1ull << 36, false, 0},
        {0x1000, 1ull << 52, false, 0}, /* 2^64 bytes */
        {0x1000, UINT64_MAX, false, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct page_4k_result result = page_4k_forward(page(cases[i].from), cases[i].count);
        assert_int_equal(result.is_valid, cases[i].exists);
        assert_int_equal(result.value.start.value, cases[i].to);
    }
}

static void steps_backward_jump_the_hole(void **state)
{
    const struct step_case cases[] = {
        {0, 0, true, 0},
        {0, 1, false, 0},
        {0x1000, 1, true, 0},
        {upper_half, 1, true, 0x7ffffffff000},
        {upper_half + 0x1000, 1, true, upper_half},
        {0xffff923456788000, 0x123456789, true, 0x7ffffffff000},
        {upper_half, 0x800000000, true, 0},
        {upper_half, 0x7ffffff01, true, 0xff000},
        {upper_half, 0x800000001, false, 0},
        {0x100000000, 0x100000, true, 0},
        {last_page, (1ull << 36) - 1, true, 0},
        {last_page, 1ull << 36, false, 0},
        {last_page, 1ull << 52, false, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct page_4k_result result = page_4k_backward(page(cases[i].from), cases[i].count);
        assert_int_equal(result.is_valid, cases[i].exists);
        assert_int_equal(result.value.start.value, cases[i].to);
    }
}

static void steps_between_leave_out_the_hole(void **state)
{
    const struct {
        uint64_t from, to;
        bool exists;
        uint64_t count;
    } cases[] = {
        {0, 0, true, 0},
        {0, 0x1000, true, 1},
        {0x1000, 0, false, 0},
        {0x1000, 0x1000, true, 0},
        {0x7ffffffff000, upper_half, true, 1},
        {upper_half, 0x7ffffffff000, false, 0},
        {upper_half, upper_half, true, 0},
        {upper_half, upper_half + 0x1000, true, 1},
        {upper_half + 0x1000, upper_half, false, 0},
        {0, 0x100000000, true, 0x100000},
        {0, 0x100000000000, true, 0x100000000},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct steps_result result = page_4k_steps_between(page(cases[i].from), page(cases[i].to));
        assert_int_equal(result.is_valid, cases[i].exists);
        assert_int_equal(result.count, cases[i].count);
    }
}

static void larger_pages_and_frames_step_by_their_size(void **state)
{
    (void)state;
    page_2m large = page_2m_at(virt_addr_new(unknown(0x7fffffe00000)));
    assert_int_equal(page_2m_forward(large, 2).value.start.value, upper_half + 0x200000);
    page_1g giant = page_1g_at(virt_addr_new(unknown(upper_half + 0x40000000)));
    assert_int_equal(page_1g_backward(giant, 2).value.start.value, 0x7fffc0000000);
    assert_int_equal(page_1g_steps_between(page_1g_at(virt_addr_new(0)), giant).count, (1 << 17) + 1);
    frame_2m frame = frame_2m_at(phys_addr_new(unknown(0xfffffffe00000)));
    assert_true(frame_2m_forward(frame, 0).is_valid);
    assert_false(frame_2m_forward(frame, 1).is_valid);
    assert_false(frame_2m_forward(frame, unknown(1ull << 43)).is_valid); /* 2^64 bytes */
    assert_int_equal(frame_2m_backward(frame, 1).value.start.value, 0xfffffffc00000);
    assert_false(frame_2m_backward(frame, unknown(1ull << 43)).is_valid);
    assert_int_equal(frame_2m_steps_between(frame_2m_at(phys_addr_new(0)), frame).count, (1u << 31) - 1);
}

/* The second page of the address space, of every kind. */
#define EXPECT_STEPS(type, address, bytes)                                                                           \
    do {                                                                                                             \
        type second = type##_at(address##_new(unknown(bytes)));                                                      \
        assert_int_equal(type##_forward(second, 1).value.start.value, 2ull * (bytes));                               \
        assert_false(type##_forward(second, unknown(1ull << 41)).is_valid);                                          \
        assert_int_equal(type##_backward(second, 1).value.start.value, 0);                                           \
        assert_false(type##_backward(second, 2).is_valid);                                                           \
        assert_false(type##_backward(second, unknown(1ull << 41)).is_valid);                                         \
        assert_true(type##_try_at(second.start).is_valid);                                                           \
        assert_false(type##_try_at(address##_new(unknown((bytes) + 8))).is_valid);                                   \
        assert_int_equal(type##_subtract(type##_add(second, 6), 3).start.value, 4ull * (bytes));                     \
        assert_int_equal(type##_difference(type##_add(second, 6), second), 6);                                       \
        assert_int_equal(type##_steps_between(second, type##_add(second, 6)).count, 6);                              \
        EXPECT_PANIC("18446744073709551615 pages", (void)type##_add(second, unknown(UINT64_MAX)));                   \
        EXPECT_PANIC("18446744073709551615 pages", (void)type##_subtract(second, unknown(UINT64_MAX)));              \
        EXPECT_PANIC("is not the start of a " #type, (void)type##_at(address##_new(unknown((bytes) + 8))));          \
    } while (0)

static void pages_of_every_size_and_kind_do_the_same(void **state)
{
    (void)state;
    EXPECT_STEPS(page_4k, virt_addr, PAGE_4K_BYTES);
    EXPECT_STEPS(page_2m, virt_addr, PAGE_2M_BYTES);
    EXPECT_STEPS(page_1g, virt_addr, PAGE_1G_BYTES);
    EXPECT_STEPS(frame_4k, phys_addr, PAGE_4K_BYTES);
    EXPECT_STEPS(frame_2m, phys_addr, PAGE_2M_BYTES);
    EXPECT_STEPS(frame_1g, phys_addr, PAGE_1G_BYTES);
}

static void indexes_make_a_page_and_come_out_of_it(void **state)
{
    (void)state;
    page_table_index p4 = page_table_index_new(136), p3 = page_table_index_new(273);
    page_table_index p2 = page_table_index_new(34), p1 = page_table_index_new(64);
    page_4k small = page_4k_from_indexes(p4, p3, p2, p1);
    assert_int_equal(small.start.value, 0x444444440000);
    assert_int_equal(page_4k_p4_index(small).value, 136);
    assert_int_equal(page_4k_p3_index(small).value, 273);
    assert_int_equal(page_4k_p2_index(small).value, 34);
    assert_int_equal(page_4k_p1_index(small).value, 64);
    page_2m large = page_2m_from_indexes(p4, p3, p2);
    assert_int_equal(large.start.value, 0x444444400000);
    assert_int_equal(page_2m_p4_index(large).value, 136);
    assert_int_equal(page_2m_p3_index(large).value, 273);
    assert_int_equal(page_2m_p2_index(large).value, 34);
    page_1g giant = page_1g_from_indexes(p4, p3);
    assert_int_equal(giant.start.value, 0x444440000000);
    assert_int_equal(page_1g_p4_index(giant).value, 136);
    assert_int_equal(page_1g_p3_index(giant).value, 273);
}

static void indexes_of_the_upper_half_make_canonical_pages(void **state)
{
    (void)state;
    page_table_index last = page_table_index_new(511), middle = page_table_index_new(256);
    page_table_index none = page_table_index_new(0);
    assert_int_equal(page_4k_from_indexes(last, last, last, last).start.value, last_page);
    assert_int_equal(page_2m_from_indexes(last, last, last).start.value, 0xffffffffffe00000);
    assert_int_equal(page_1g_from_indexes(last, last).start.value, 0xffffffffc0000000);
    assert_int_equal(page_4k_from_indexes(middle, none, none, none).start.value, upper_half);
}

static void pages_and_frames_print_their_size_and_start(void **state)
{
    char text[64];
    (void)state;
    assert_int_equal(page_4k_format(page(0xdeadb000), text, sizeof text), 22);
    assert_string_equal(text, "Page[4KiB](0xdeadb000)");
    page_2m_format(page_2m_at(virt_addr_new(unknown(upper_half))), text, sizeof text);
    assert_string_equal(text, "Page[2MiB](0xffff800000000000)");
    page_1g_format(page_1g_at(virt_addr_new(0x40000000)), text, sizeof text);
    assert_string_equal(text, "Page[1GiB](0x40000000)");
    frame_4k_format(frame_4k_at(phys_addr_new(0)), text, sizeof text);
    assert_string_equal(text, "Frame[4KiB](0x0)");
    frame_2m_format(frame_2m_at(phys_addr_new(0x200000)), text, sizeof text);
    assert_string_equal(text, "Frame[2MiB](0x200000)");
    frame_1g_format(frame_1g_at(phys_addr_new(0x40000000)), text, sizeof text);
    assert_string_equal(text, "Frame[1GiB](0x40000000)");
}

static void size_in_bytes(void **state)
{
    (void)state;
    assert_int_equal(page_size_bytes(PAGE_SIZE_4K), 0x1000);
    assert_int_equal(page_size_bytes(PAGE_SIZE_2M), 0x200000);
    assert_int_equal(page_size_bytes(PAGE_SIZE_1G), 0x40000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_at_takes_aligned_addresses_only),
        cmocka_unit_test(try_at_reports_misalignment),
        cmocka_unit_test(containing_rounds_down),
        cmocka_unit_test(number_counts_from_address_0),
        cmocka_unit_test(sums_panic_on_overflow_and_in_the_hole),
        cmocka_unit_test(steps_forward_jump_the_hole),
        cmocka_unit_test(steps_backward_jump_the_hole),
        cmocka_unit_test(steps_between_leave_out_the_hole),
        cmocka_unit_test(pages_of_every_size_and_kind_do_the_same),
        cmocka_unit_test(larger_pages_and_frames_step_by_their_size),
        cmocka_unit_test(indexes_make_a_page_and_come_out_of_it),
        cmocka_unit_test(indexes_of_the_upper_half_make_canonical_pages),
        cmocka_unit_test(pages_and_frames_print_their_size_and_start),
        cmocka_unit_test(size_in_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
