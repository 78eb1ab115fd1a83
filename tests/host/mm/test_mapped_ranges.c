/* SPDX-License-Identifier: MIT */
#include "memory_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <tenorite/mm/mapped_ranges.h>

#define ADDRESS_BITS 0x000ffffffffff000ull
#define NO_EXECUTE_BIT 0x8000000000000000ull
#define DATA PAGE_FLAGS(PRESENT, WRITABLE, NO_EXECUTE)

/* The oracle: entries are read from memory by hand, a level at a time; what can be joined is joined afterwards. */
struct leaf {
    uint64_t start, bytes, physical, flags;
};
enum { LEAVES_MAX = 4096 };
static struct leaf leaves[LEAVES_MAX];
static size_t leaf_count;

static void add_leaf(struct leaf leaf)
{
    struct leaf *last = leaf_count == 0 ? NULL : &leaves[leaf_count - 1];
    static uint64_t page_bytes_of_last;
    if (last != NULL && page_bytes_of_last == leaf.bytes && last->start + last->bytes == leaf.start &&
        last->physical + last->bytes == leaf.physical && last->flags == leaf.flags) {
        last->bytes += leaf.bytes;
        return;
    }
    assert_in_range(leaf_count, 0, LEAVES_MAX - 1);
    page_bytes_of_last = leaf.bytes;
    leaves[leaf_count++] = leaf;
}

static void find_leaves(uint64_t table, int level, uint64_t start)
{
    for (uint64_t i = 0; i < 512; i++) {
        uint64_t entry = fixture_memory[table][i], bytes = 1ull << (3 + 9 * level);
        uint64_t address = start + i * bytes;
        if (level == 4 && i >= 256)
            address |= 0xffff000000000000;
        if ((entry & 1) == 0)
            continue;
        if (level > 1 && (entry & 0x80) == 0)
            find_leaves((entry & ADDRESS_BITS) / 4096, level - 1, address);
        else
            add_leaf((struct leaf){address, bytes, entry & ADDRESS_BITS & ~(bytes - 1),
                                   (entry & (NO_EXECUTE_BIT | 0x1f)) | (level > 1 ? 0 : entry & 0x80)});
    }
}

static void expect_what_the_tables_hold(void)
{
    struct mapped_range range;
    size_t found = 0;
    leaf_count = 0;
    find_leaves(1, 4, 0);
    for (struct mapped_ranges at = mapped_ranges(&fixture_mapper); mapped_ranges_next(&at, &range); found++) {
        assert_in_range(found, 0, leaf_count - 1);
        assert_int_equal(range.error, MAP_OK);
        assert_int_equal(range.start.value, leaves[found].start);
        assert_int_equal(range.length_bytes, leaves[found].bytes);
        assert_int_equal(range.physical_start.value, leaves[found].physical);
        assert_int_equal(range.flags.bits, leaves[found].flags);
    }
    assert_int_equal(found, leaf_count);
}

static void map_4k(uint64_t address, uint64_t physical, page_flags flags)
{
    page_4k page = page_4k_at(virt_addr_new(address));
    assert_int_equal(ignore(map_to(&fixture_mapper, page, frame_4k_at(phys_addr_new(physical)), flags)), MAP_OK);
}

static void map_2m(uint64_t address, uint64_t physical, page_flags flags)
{
    page_2m page = page_2m_at(virt_addr_new(address));
    assert_int_equal(ignore(map_to(&fixture_mapper, page, frame_2m_at(phys_addr_new(physical)), flags)), MAP_OK);
}

static void map_1g(uint64_t address, uint64_t physical, page_flags flags)
{
    page_1g page = page_1g_at(virt_addr_new(address));
    assert_int_equal(ignore(map_to(&fixture_mapper, page, frame_1g_at(phys_addr_new(physical)), flags)), MAP_OK);
}

static void an_empty_space_has_no_ranges(void **state)
{
    struct mapped_range range;
    (void)state;
    struct mapped_ranges at = mapped_ranges(&fixture_mapper);
    assert_false(mapped_ranges_next(&at, &range));
    assert_false(mapped_ranges_next(&at, &range));
}

static struct mapped_range only_range(void)
{
    struct mapped_range range, other;
    struct mapped_ranges at = mapped_ranges(&fixture_mapper);
    assert_true(mapped_ranges_next(&at, &range));
    assert_false(mapped_ranges_next(&at, &other));
    return range;
}

/* 512 + 2 pages, over the end of a table. The CPU has used some of them. */
static void pages_in_a_row_are_one_range_whatever_the_cpu_noted(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 514; i++)
        map_4k(0x401000 + i * 4096, 0x7000000 + i * 4096, DATA);
    *fixture_entry(0x402000, 1) |= 1 << 5;
    *fixture_entry(0x403000, 1) |= 1 << 5 | 1 << 6;
    struct mapped_range range = only_range();
    assert_int_equal(range.error, MAP_OK);
    assert_int_equal(range.start.value, 0x401000);
    assert_int_equal(range.length_bytes, 514 * 4096);
    assert_int_equal(range.physical_start.value, 0x7000000);
    assert_int_equal(range.size, PAGE_SIZE_4K);
    assert_true(page_flags_are_equal(range.flags, DATA));
}

static void what_differs_is_not_joined(void **state)
{
    (void)state;
    map_4k(0x1000, 0x10000, DATA);
    map_4k(0x2000, 0x12000, DATA);                            /* another frame */
    map_4k(0x3000, 0x13000, PAGE_FLAGS(PRESENT, NO_EXECUTE)); /* other flags */
    map_4k(0x5000, 0x15000, PAGE_FLAGS(PRESENT, NO_EXECUTE)); /* a gap */
    for (uint64_t page = 0x3fe000; page < 0x400000; page += 4096)
        map_4k(page, page, DATA);
    map_2m(0x400000, 0x400000, DATA); /* another size */
    map_2m(0x600000, 0x600000, DATA);
    map_1g(0x40000000, 0x40000000, DATA);
    map_4k(0x7ffffffff000, 0x1000, DATA); /* the two halves */
    map_4k(0xffff800000000000, 0x2000, DATA);
    map_4k(0xfffffffffffff000, 0x3000, DATA); /* the last page of all */
    expect_what_the_tables_hold();
    assert_int_equal(leaf_count, 10);
    assert_int_equal(leaves[4].bytes, 0x2000);
    assert_int_equal(leaves[5].bytes, 0x400000);
}

static void the_lower_half_can_be_had_alone(void **state)
{
    struct mapped_range range;
    (void)state;
    map_4k(0x7ffffffff000, 0x1000, DATA);
    map_4k(0xffff800000000000, 0x2000, DATA);
    struct mapped_ranges at = mapped_ranges_of_lower_half(&fixture_mapper);
    assert_true(mapped_ranges_next(&at, &range));
    assert_int_equal(range.start.value, 0x7ffffffff000);
    assert_false(mapped_ranges_next(&at, &range));
}

/* Few addresses, frames and flags, so that neighbours often match. What map_to refuses is left out. */
static void random_spaces_are_told_as_their_tables_hold_them(void **state)
{
    static const uint64_t bases[] = {0, 0x3fe00000, 0x7fffffc00000, 0xffff800000000000, 0xffffffffc0000000};
    int refusals = 0;
    srand(4);
    for (int round = 0; round < 50; round++) {
        fixture_setup(state);
        for (int i = 0; i < 60; i++) {
            uint64_t base = bases[rand() % 5];
            uint64_t address = base + (uint64_t)(rand() % 1024) * 4096;
            uint64_t physical = (address & 0x3fffff) + (uint64_t)(rand() % 8 == 0) * 0x4000000;
            page_flags flags = rand() % 4 == 0 ? PAGE_FLAGS(PRESENT, NO_EXECUTE) : DATA;
            if (rand() % 2 == 0)
                refusals += MAP_OK != (ignore(map_to(&fixture_mapper, page_2m_containing(virt_addr_new(address)),
                                                     frame_2m_containing(phys_addr_new(physical)), flags)));
            for (uint64_t page = 0; page < 8 && address % 0x200000 + page * 4096 < 0x200000; page++)
                refusals +=
                    MAP_OK != (ignore(map_to(&fixture_mapper, page_4k_at(virt_addr_new(address + page * 4096)),
                                             frame_4k_at(phys_addr_new(physical + page * 4096)), flags)));
        }
        expect_what_the_tables_hold();
        assert_in_range(leaf_count, 5, LEAVES_MAX);
    }
    assert_in_range(refusals, 1, 50 * 60 * 9);
}

static void damage_is_a_range_and_what_follows_is_still_told(void **state)
{
    struct mapped_range range;
    (void)state;
    map_4k(0x1000, 0x10000, DATA);
    map_4k(0x200000, 0x20000, DATA);
    map_4k(0x400000, 0x40000, DATA);
    *fixture_entry(0x200000, 2) = (uint64_t)FIXTURE_BYTES * 16 | 3; /* a table outside memory */
    *fixture_entry(0x600000, 2) = 0x600000 | 0x2000 | 0x83;         /* a reserved bit */
    struct mapped_ranges at = mapped_ranges(&fixture_mapper);
    assert_true(mapped_ranges_next(&at, &range));
    assert_int_equal(range.error, MAP_OK);
    assert_true(mapped_ranges_next(&at, &range));
    assert_int_equal(range.error, MAP_DAMAGED_TABLE);
    assert_int_equal(range.start.value, 0x200000);
    assert_int_equal(range.length_bytes, 0x200000);
    assert_true(mapped_ranges_next(&at, &range));
    assert_int_equal(range.error, MAP_OK);
    assert_int_equal(range.start.value, 0x400000);
    assert_true(mapped_ranges_next(&at, &range));
    assert_int_equal(range.error, MAP_DAMAGED_TABLE);
    assert_false(mapped_ranges_next(&at, &range));
}

static void a_marker_is_told_as_one(void **state)
{
    (void)state;
    map_4k(0x1000, 0x10000, DATA);
    *fixture_entry(0x1000, 1) = 1 << 9;
    struct mapped_range range = only_range();
    assert_int_equal(range.error, MAP_MARKED_NOT_PRESENT);
    assert_int_equal(range.start.value, 0x1000);
    assert_int_equal(range.length_bytes, 4096);
    *fixture_entry(0x2000, 1) = 1 << 10; /* whatever it says */
    assert_int_equal(only_range().length_bytes, 2 * 4096);
}

/* Frame 2 is a table of which each entry leads to itself: an address space full of pages. */
static void tables_that_lead_to_each_other_end(void **state)
{
    struct mapped_range range;
    uint64_t ranges = 0, next = 0;
    (void)state;
    for (int i = 0; i < 512; i++)
        fixture_memory[2][i] = 0x2000 | 3;
    fixture_memory[1][0] = 0x2000 | 3;
    fixture_memory[1][256] = 0x2000 | 3;
    for (struct mapped_ranges at = mapped_ranges(&fixture_mapper); mapped_ranges_next(&at, &range); ranges++) {
        assert_int_equal(range.start.value, next);
        next = range.start.value + range.length_bytes;
        if (next == 0x800000000000)
            next = 0xffff800000000000;
    }
    assert_int_equal(range.error, MAP_DAMAGED_TABLE);
    assert_int_equal(next, 0);
    assert_in_range(ranges, 512, FIXTURE_FRAMES * 512);
}

static void expect_text(const char *text)
{
    char line[MAPPED_RANGE_TEXT_BYTES];
    struct mapped_range range = only_range();
    mapped_range_format(&range, line, sizeof line);
    assert_string_equal(line, text);
}

static void a_range_is_one_line_of_text(void **state)
{
    (void)state;
    map_4k(0x401000, 0x1234567000, DATA);
    expect_text("0000000000401000 0000000000401fff     4 KiB 4K 1234567000 WRITABLE | NO_EXECUTE");
    fixture_setup(state);
    map_2m(0xffffffff80000000, 0, PAGE_FLAGS(PRESENT));
    map_2m(0xffffffff80200000, 0x200000, PAGE_FLAGS(PRESENT));
    expect_text("ffffffff80000000 ffffffff803fffff     4 MiB 2M          0 ");
    fixture_setup(state);
    map_1g(0xffffffffc0000000, 0x40000000, PAGE_FLAGS(PRESENT, NO_EXECUTE, NO_CACHE));
    expect_text("ffffffffc0000000 ffffffffffffffff     1 GiB 1G   40000000 NO_CACHE | NO_EXECUTE");
    fixture_setup(state);
    fixture_memory[1][1] = 0x80 | 1;
    expect_text("0000008000000000 000000ffffffffff   512 GiB MAP_DAMAGED_TABLE");
    for (int i = 2; i < 9; i++)
        fixture_memory[1][i] = 0x80 | 1;
    expect_text("0000008000000000 0000047fffffffff     4 TiB MAP_DAMAGED_TABLE");
}

static void every_flag_at_once_fits_the_text(void **state)
{
    char line[MAPPED_RANGE_TEXT_BYTES], cut[20];
    const struct mapped_range range = {.flags = {page_flags_all}, .length_bytes = 3 * 4096};
    (void)state;
    mapped_range_format(&range, line, sizeof line);
    assert_non_null(strstr(line, "   12 KiB 4K "));
    assert_non_null(strstr(line, "NO_EXECUTE"));
    mapped_range_format(&range, cut, sizeof cut);
    assert_string_equal(cut, "0000000000000000 00");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_empty_space_has_no_ranges, fixture_setup),
        cmocka_unit_test_setup(pages_in_a_row_are_one_range_whatever_the_cpu_noted, fixture_setup),
        cmocka_unit_test_setup(what_differs_is_not_joined, fixture_setup),
        cmocka_unit_test_setup(the_lower_half_can_be_had_alone, fixture_setup),
        cmocka_unit_test_setup(random_spaces_are_told_as_their_tables_hold_them, fixture_setup),
        cmocka_unit_test_setup(damage_is_a_range_and_what_follows_is_still_told, fixture_setup),
        cmocka_unit_test_setup(a_marker_is_told_as_one, fixture_setup),
        cmocka_unit_test_setup(tables_that_lead_to_each_other_end, fixture_setup),
        cmocka_unit_test_setup(a_range_is_one_line_of_text, fixture_setup),
        cmocka_unit_test_setup(every_flag_at_once_fits_the_text, fixture_setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
