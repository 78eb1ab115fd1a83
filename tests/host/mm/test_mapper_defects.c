/* SPDX-License-Identifier: MIT */
/*
 * Defects of the mappers that are in use elsewhere, as tests that this one does not have them. "Defect n" is the n-th
 * that were found in the x86_64 crate 0.15 for Rust; "issue" numbers are those of its tracker (rust-osdev/x86_64).
 */
#include "memory_fixture.h"

#define READABLE PAGE_FLAGS(PRESENT, NO_EXECUTE)
#define DATA PAGE_FLAGS(PRESENT, WRITABLE, NO_EXECUTE)

static const uint64_t kernel_address = 0xffffc00000123000;
static const uint64_t huge_address = 0xffffc00040200000;

static page_4k page(uint64_t address)
{
    return page_4k_at(virt_addr_new(address));
}

static page_2m page_2(uint64_t address)
{
    return page_2m_at(virt_addr_new(address));
}

static frame_4k frame(uint64_t address)
{
    return frame_4k_at(phys_addr_new(address));
}

static enum map_error map_4(uint64_t virtual, uint64_t physical, page_flags flags)
{
    return ignore(map_to(&fixture_mapper, page(virtual), frame(physical), flags));
}

static enum map_error map_2(uint64_t virtual, uint64_t physical, page_flags flags)
{
    return ignore(map_to(&fixture_mapper, page_2(virtual), frame_2m_at(phys_addr_new(physical)), flags));
}

static struct translation look_up(uint64_t address)
{
    return translate(&fixture_mapper, virt_addr_new(address));
}

/* There, the permissions of the refused page are added to the larger page that is in its way. */
static void defect_1_a_refused_map_adds_no_permissions_to_the_page_in_its_way(void **state)
{
    (void)state;
    assert_int_equal(map_2(0x40000000, 0x600000, PAGE_FLAGS(PRESENT)), MAP_OK);
    fixture_snapshot();
    page_flags more = PAGE_FLAGS(PRESENT, WRITABLE, USER, NO_EXECUTE);
    assert_int_equal(map_4(0x40001000, 0x456000, more), MAP_INSIDE_HUGE_PAGE);
    page_range_4k range = {page(0x40001000), 3};
    assert_int_equal(ignore(map_range(&fixture_mapper, range, frame(0x456000), more, PAGE_SIZE_1G)),
                     MAP_INSIDE_HUGE_PAGE);
    assert_int_equal(*fixture_entry(0x40000000, 2), 0x600081);
    fixture_expect_unchanged();
}

/* There, it panics, where a table is missing. */
static void defect_2_a_map_that_is_not_present_is_refused(void **state)
{
    (void)state;
    fixture_snapshot();
    assert_int_equal(map_4(kernel_address, 0x456000, PAGE_FLAGS(WRITABLE, NO_EXECUTE)), MAP_FLAGS_NOT_ALLOWED);
    assert_int_equal(map_2(huge_address, 0x600000, PAGE_FLAGS()), MAP_FLAGS_NOT_ALLOWED);
    fixture_expect_unchanged();
    assert_int_equal(fixture_table_count(), 0);
}

/* There, the root keeps an entry and the empty tables, which nobody finds. */
static void defect_3_frames_that_run_out_midway_leave_nothing(void **state)
{
    (void)state;
    for (uint64_t left = 0; left < 3; left++) {
        fixture_reset(FIXTURE_FRAMES - 2);
        fixture_drain(left);
        fixture_snapshot();
        assert_int_equal(map_4(kernel_address, 0x456000, DATA), MAP_NO_FRAME);
        assert_int_equal(fixture_table_count(), 0);
        fixture_expect_unchanged();
    }
}

/* There, one call takes a marker for a page, another for a hole, a third for neither, and none can remove it. */
static void defect_4_markers_get_one_answer_and_can_be_removed(void **state)
{
    static const struct {
        uint64_t address;
        int level;
    } places[] = {{kernel_address, 1}, {huge_address, 2}, {0xffffc00080000000, 3}};
    (void)state;
    assert_int_equal(map_4(kernel_address, 0x456000, DATA), MAP_OK);
    assert_int_equal(map_2(huge_address, 0x600000, DATA), MAP_OK);
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        uint64_t address = places[i].address;
        uint64_t *entry = fixture_entry(address, places[i].level);
        page_4k small = page(address);
        *entry = 0x345678200;
        fixture_snapshot();
        assert_int_equal(look_up(address).error, MAP_MARKED_NOT_PRESENT);
        assert_int_equal(map_4(address, 0x456000, DATA), MAP_MARKED_NOT_PRESENT);
        assert_int_equal(ignore(unmap(&fixture_mapper, small)).error, MAP_MARKED_NOT_PRESENT);
        assert_int_equal(ignore(update_flags(&fixture_mapper, small, DATA)), MAP_MARKED_NOT_PRESENT);
        struct frame_list frames;
        page_range_4k range = {small, 1};
        assert_int_equal(ignore(map_range(&fixture_mapper, range, frame(0), DATA, PAGE_SIZE_4K)),
                         MAP_MARKED_NOT_PRESENT);
        assert_int_equal(ignore(unmap_range(&fixture_mapper, range, &frames)).error, MAP_MARKED_NOT_PRESENT);
        if (places[i].level > 1)
            assert_int_equal(remove_marker(&fixture_mapper, small).error, MAP_MARKED_NOT_PRESENT);
        fixture_expect_unchanged();
        struct marker_removal removed;
        if (places[i].level == 1)
            removed = remove_marker(&fixture_mapper, small);
        else if (places[i].level == 2)
            removed = remove_marker(&fixture_mapper, page_2(address));
        else
            removed = remove_marker(&fixture_mapper, page_1g_at(virt_addr_new(address)));
        assert_int_equal(removed.error, MAP_OK);
        assert_int_equal(removed.entry, 0x345678200);
        assert_int_equal(*entry, 0);
        assert_int_equal(look_up(address).error, MAP_NOT_MAPPED);
    }
}

static void only_markers_are_removed_as_markers(void **state)
{
    (void)state;
    assert_int_equal(map_4(kernel_address, 0x456000, DATA), MAP_OK);
    assert_int_equal(map_2(huge_address, 0x600000, DATA), MAP_OK);
    fixture_snapshot();
    assert_int_equal(remove_marker(&fixture_mapper, page(kernel_address)).error, MAP_ALREADY_MAPPED);
    assert_int_equal(remove_marker(&fixture_mapper, page(kernel_address + 4096)).error, MAP_NOT_MAPPED);
    assert_int_equal(remove_marker(&fixture_mapper, page(0)).error, MAP_NOT_MAPPED);
    assert_int_equal(remove_marker(&fixture_mapper, page_2(huge_address)).error, MAP_ALREADY_MAPPED);
    assert_int_equal(remove_marker(&fixture_mapper, page(huge_address)).error, MAP_INSIDE_HUGE_PAGE);
    assert_int_equal(remove_marker(&fixture_mapper, page_2(kernel_address & ~0x1fffffull)).error,
                     MAP_HAS_SMALLER_PAGES);
    fixture_expect_unchanged();
    *fixture_entry(kernel_address, 3) = 3;
    assert_int_equal(remove_marker(&fixture_mapper, page(kernel_address)).error, MAP_DAMAGED_TABLE);
}

/* There, the table becomes a page, and can be read and written through it. */
static void defect_5_a_table_is_never_taken_for_a_larger_page(void **state)
{
    uint64_t start = kernel_address & ~0x1fffffull;
    (void)state;
    assert_int_equal(map_4(kernel_address, 0x456000, DATA), MAP_OK);
    fixture_snapshot();
    assert_int_equal(ignore(update_flags(&fixture_mapper, page_2(start), READABLE)), MAP_HAS_SMALLER_PAGES);
    assert_int_equal(ignore(unmap(&fixture_mapper, page_2(start))).error, MAP_HAS_SMALLER_PAGES);
    assert_int_equal(map_2(start, 0x600000, DATA), MAP_HAS_SMALLER_PAGES);
    assert_int_equal(look_up(start).error, MAP_NOT_MAPPED);
    assert_int_equal(look_up(kernel_address).size, PAGE_SIZE_4K);
    fixture_expect_unchanged();
}

/* Issues 612 and 613. There, unmap takes the bit of a small page for "large", and the frame of a large page with the
 * bit begins 4 KiB too high. */
static void defect_6_the_pat_bit_is_where_the_level_has_it(void **state)
{
    page_flags flags = PAGE_FLAGS(PRESENT, PAT, NO_EXECUTE);
    (void)state;
    assert_int_equal(map_4(kernel_address, 0x456000, flags), MAP_OK);
    assert_int_equal(map_2(huge_address, 0x200000, flags), MAP_OK);
    assert_int_equal(translation_frame_start(look_up(huge_address)).value, 0x200000);
    assert_true(page_flags_are_equal(translation_flags(look_up(huge_address)), flags));
    assert_int_equal(ignore(update_flags(&fixture_mapper, page_2(huge_address), flags)), MAP_OK);
    assert_int_equal(*fixture_entry(huge_address, 2), 0x8000000000201081);
    struct unmapped_4k small = ignore(unmap(&fixture_mapper, page(kernel_address)));
    assert_int_equal(small.error, MAP_OK);
    assert_int_equal(small.frame.start.value, 0x456000);
    struct unmapped_2m large = ignore(unmap(&fixture_mapper, page_2(huge_address)));
    assert_int_equal(large.error, MAP_OK);
    assert_int_equal(large.frame.start.value, 0x200000);
}

/* There, everything is flushed by writing the root register, which keeps global pages and changes the PCID. How
 * tlb_flush_all() does it is a test of the architecture; here, that nothing else is done. */
static void defect_7_everything_is_flushed_without_writing_the_root_register(void **state)
{
    page_range_4k range = {page(kernel_address), FLUSH_PAGES_ONE_BY_ONE + 1};
    page_flags global = PAGE_FLAGS(PRESENT, GLOBAL, NO_EXECUTE);
    (void)state;
    assert_int_equal(flush(map_range(&fixture_mapper, range, frame(0x456000), global, PAGE_SIZE_4K)), MAP_OK);
    assert_int_equal(paging_double.full_flush_count, 1);
    assert_int_equal(flush(clean_up_all(&fixture_mapper, KERNEL_TABLES_SHARED)), MAP_OK);
    assert_int_equal(paging_double.full_flush_count, 2);
    assert_int_equal(paging_double.root_write_count, 0);
}

static uint64_t table_count_at_flush, free_frames_at_flush;

static void record_at_flush(void)
{
    table_count_at_flush = fixture_table_count();
    free_frames_at_flush = fixture_free_frames();
}

/* There, clean_up frees tables that the CPU may still walk. */
static void defect_8_tables_are_unlinked_then_flushed_then_free(void **state)
{
    uint64_t before = fixture_free_frames();
    (void)state;
    assert_int_equal(map_4(kernel_address, 0x456000, DATA), MAP_OK);
    assert_int_equal(ignore(unmap(&fixture_mapper, page(kernel_address))).error, MAP_OK);
    paging_double.on_full_flush = record_at_flush;
    assert_int_equal(flush(clean_up_all(&fixture_mapper, KERNEL_TABLES_OWN)), MAP_OK);
    assert_int_equal(paging_double.full_flush_count, 1);
    assert_int_equal(table_count_at_flush, 0);
    assert_int_equal(free_frames_at_flush, before - 3);
    assert_int_equal(fixture_free_frames(), before);
}

/* There, a question about damaged tables panics. */
static void defect_9_a_large_page_at_the_root_is_an_error(void **state)
{
    (void)state;
    assert_int_equal(map_4(kernel_address, 0x456000, DATA), MAP_OK);
    *fixture_entry(kernel_address, 4) |= 0x80;
    fixture_snapshot();
    assert_int_equal(look_up(kernel_address).error, MAP_DAMAGED_TABLE);
    assert_int_equal(map_4(kernel_address, 0x456000, DATA), MAP_DAMAGED_TABLE);
    assert_int_equal(ignore(unmap(&fixture_mapper, page(kernel_address))).error, MAP_DAMAGED_TABLE);
    assert_int_equal(flush(clean_up_all(&fixture_mapper, KERNEL_TABLES_OWN)), MAP_DAMAGED_TABLE);
    fixture_expect_unchanged();
}

/* A frame that holds data and is mapped; its content tells whether somebody took it for a table. */
static void fill(frame_4k data)
{
    memset(fixture_memory[data.start.value / 4096], (int)(data.start.value / 4096 % 251) + 1, 4096);
}

static void expect_filled(frame_4k data)
{
    const unsigned char *bytes = (const unsigned char *)fixture_memory[data.start.value / 4096];
    for (int i = 0; i < 4096; i++)
        assert_int_equal(bytes[i], data.start.value / 4096 % 251 + 1);
}

/* There, whoever implements the frame allocator can hand out frames in use, and safe code corrupts memory. Here the
 * source is one type, which knows what is in use. */
static void issue_53_no_table_is_made_of_a_frame_in_use(void **state)
{
    enum { DATA_FRAMES = 600 };
    static frame_4k data[DATA_FRAMES];
    (void)state;
    for (uint64_t i = 0; i < DATA_FRAMES; i++) {
        struct frame_allocation_4k allocation = frames_alloc_4k(&fixture_frames);
        if (!allocation.is_valid)
            break;
        data[i] = allocation.frame;
        fill(data[i]);
        uint64_t address = i % 2 == 0 ? kernel_address + i * 0x201000 : i * 0x8040201000 % (1ull << 47);
        enum map_error error = map_4(address, data[i].start.value, READABLE);
        assert_true(error == MAP_OK || error == MAP_NO_FRAME);
        if (error == MAP_NO_FRAME)
            break;
    }
    assert_true(fixture_free_frames() < 3);
    for (uint64_t i = 0; i < DATA_FRAMES && data[i].start.value != 0; i++)
        expect_filled(data[i]);
}

static void issue_53_a_frame_cannot_be_given_back_twice(void **state)
{
    (void)state;
    struct frame_allocation_4k allocation = frames_alloc_4k(&fixture_frames);
    assert_int_equal(map_4(kernel_address, allocation.frame.start.value, READABLE), MAP_OK);
    struct unmapped_4k removed = flush(unmap(&fixture_mapper, page(kernel_address)));
    assert_int_equal(removed.error, MAP_OK);
    frames_free_4k(&fixture_frames, removed.frame);
    EXPECT_PANIC("", frames_free_4k(&fixture_frames, allocation.frame));
}

static enum map_error state_at_flush;

static void look_at_flush(virt_addr address)
{
    state_at_flush = translate(&fixture_mapper, address).error;
}

/* There, safe code unmaps a page, maps the frame elsewhere, and still reaches it through the old translation. Here the
 * entry is gone when the flush happens, and the frame is out of reach until then. */
static void issue_134_a_frame_comes_out_after_its_page_is_flushed(void **state)
{
    (void)state;
    assert_int_equal(map_4(kernel_address, 0x456000, DATA), MAP_OK);
    paging_double.on_page_flush = look_at_flush;
    struct unmapped_4k removed = flush(unmap(&fixture_mapper, page(kernel_address)));
    assert_int_equal(paging_double.page_flush_count, 1);
    assert_int_equal(paging_double.last_flushed_page.value, kernel_address);
    assert_int_equal(state_at_flush, MAP_NOT_MAPPED);
    assert_int_equal(flush(map_to(&fixture_mapper, page(kernel_address), frame(0x999000), DATA)), MAP_OK);
    assert_int_equal(paging_double.page_flush_count, 2);
    assert_int_equal(translation_address(look_up(kernel_address)).value, 0x999000);
    assert_int_equal(map_4(huge_address, removed.frame.start.value, DATA), MAP_OK);
}

/* There, a page marked global outlives the address space that it was mapped in. */
static void issue_134_only_the_kernel_half_has_global_pages(void **state)
{
    (void)state;
    page_flags global = PAGE_FLAGS(PRESENT, GLOBAL, NO_EXECUTE);
    page_range_4k range = {page(0x400000), 2};
    assert_int_equal(map_4(0x400000, 0x456000, READABLE), MAP_OK);
    fixture_snapshot();
    assert_int_equal(map_4(0x401000, 0x457000, global), MAP_FLAGS_NOT_ALLOWED);
    assert_int_equal(ignore(update_flags(&fixture_mapper, page(0x400000), global)), MAP_FLAGS_NOT_ALLOWED);
    assert_int_equal(ignore(map_range(&fixture_mapper, range, frame(0), global, PAGE_SIZE_4K)),
                     MAP_FLAGS_NOT_ALLOWED);
    assert_int_equal(ignore(update_flags_range(&fixture_mapper, range, global)), MAP_FLAGS_NOT_ALLOWED);
    fixture_expect_unchanged();
    assert_int_equal(map_4(kernel_address, 0x456000, global), MAP_OK);
}

/* A part of the index that is dropped lets pages far apart share an entry; pages close together do not show it. */
static void pages_half_a_table_apart_have_entries_of_their_own(void **state)
{
    (void)state;
    for (int level = 1; level <= 3; level++) {
        fixture_reset(FIXTURE_FRAMES - 2);
        uint64_t far_address = kernel_address + (256ull << (12 + 9 * (level - 1)));
        assert_int_equal(map_4(kernel_address, 0x456000, READABLE), MAP_OK);
        assert_int_equal(map_4(far_address, 0x457000, READABLE), MAP_OK);
        assert_int_equal(*fixture_entry(kernel_address, 1) & 0x000ffffffffff000, 0x456000);
        assert_int_equal(*fixture_entry(far_address, 1) & 0x000ffffffffff000, 0x457000);
    }
}

#define WITH_MEMORY(test) cmocka_unit_test_setup(test, fixture_setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_MEMORY(defect_1_a_refused_map_adds_no_permissions_to_the_page_in_its_way),
        WITH_MEMORY(defect_2_a_map_that_is_not_present_is_refused),
        WITH_MEMORY(defect_3_frames_that_run_out_midway_leave_nothing),
        WITH_MEMORY(defect_4_markers_get_one_answer_and_can_be_removed),
        WITH_MEMORY(only_markers_are_removed_as_markers),
        WITH_MEMORY(defect_5_a_table_is_never_taken_for_a_larger_page),
        WITH_MEMORY(defect_6_the_pat_bit_is_where_the_level_has_it),
        WITH_MEMORY(defect_7_everything_is_flushed_without_writing_the_root_register),
        WITH_MEMORY(defect_8_tables_are_unlinked_then_flushed_then_free),
        WITH_MEMORY(defect_9_a_large_page_at_the_root_is_an_error),
        WITH_MEMORY(issue_53_no_table_is_made_of_a_frame_in_use),
        WITH_MEMORY(issue_53_a_frame_cannot_be_given_back_twice),
        WITH_MEMORY(issue_134_a_frame_comes_out_after_its_page_is_flushed),
        WITH_MEMORY(issue_134_only_the_kernel_half_has_global_pages),
        WITH_MEMORY(pages_half_a_table_apart_have_entries_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
