/* SPDX-License-Identifier: MIT */
/* The heap maps what it needs and gives it back, also when frames run out at any point. */
#include "heap_fixture.h"

static uint64_t mapped_pages(void)
{
    return heap_statistics(&fixture_heap).mapped_bytes / 4096;
}

static void nothing_is_mapped_before_it_is_needed(void **state)
{
    (void)state;
    assert_int_equal(mapped_pages(), 0);
    assert_int_equal(fixture_free_frames(), FIXTURE_FRAMES - 2);
    heap_free(&fixture_heap, heap_alloc(&fixture_heap, 1));
    assert_in_range(mapped_pages(), 2, 1 + HEAP_BLOCK_PAGES); /* a slab and its descriptor */
}

/* Many small blocks, many middle ones and a large one; then none. */
static void peak(void)
{
    enum { SMALL = 8000, MIDDLE = 100, LARGE_BYTES = 200 * 4096 };
    static void *small[SMALL];
    void *middle[MIDDLE];
    for (unsigned i = 0; i < SMALL; i++)
        small[i] = heap_fixture_fill(heap_alloc(&fixture_heap, 64), 64, i);
    for (unsigned i = 0; i < MIDDLE; i++)
        middle[i] = heap_fixture_fill(heap_alloc(&fixture_heap, 4000), 4000, i);
    void *large = heap_fixture_fill(heap_alloc(&fixture_heap, LARGE_BYTES), LARGE_BYTES, 1);
    assert_true(mapped_pages() * 4096 > SMALL * 64 + MIDDLE * 4000 + LARGE_BYTES);
    heap_fixture_expect_sound();
    heap_free(&fixture_heap, large);
    for (unsigned i = 0; i < SMALL; i++)
        heap_free(&fixture_heap, small[i]);
    for (unsigned i = 0; i < MIDDLE; i++)
        heap_free(&fixture_heap, middle[i]);
}

static void frames_go_back_after_a_peak(void **state)
{
    (void)state;
    heap_free(&fixture_heap, heap_alloc(&fixture_heap, 1));
    heap_trim(&fixture_heap);
    uint64_t before = fixture_free_frames();
    for (unsigned i = 0; i < 3; i++) {
        peak();
        heap_fixture_expect_sound();
        assert_in_range(before - fixture_free_frames(), 0, 100); /* quarantine, reserve, tables */
        heap_trim(&fixture_heap);
        assert_in_range(mapped_pages(), 0, 1); /* of descriptors */
        assert_in_range(before - fixture_free_frames(), 0, fixture_table_count());
    }
}

/* Page tables, too: each serves 2 MiB of the range, and the peak takes more than one. */
static void tables_go_back_when_the_heap_is_trimmed(void **state)
{
    enum { LARGE_BYTES = 400 * 4096, TABLES = 3 }; /* which one page of descriptors needs */
    (void)state;
    heap_free(&fixture_heap, heap_alloc(&fixture_heap, 1));
    heap_trim(&fixture_heap);
    uint64_t before = fixture_free_frames();
    void *low = heap_alloc(&fixture_heap, LARGE_BYTES), *high = heap_alloc(&fixture_heap, LARGE_BYTES);
    assert_true(fixture_table_count() > TABLES);
    heap_free(&fixture_heap, low);
    heap_trim(&fixture_heap);
    heap_fixture_fill(high, LARGE_BYTES, 1); /* its tables are still there */
    heap_fixture_expect_sound();
    heap_free(&fixture_heap, high);
    heap_trim(&fixture_heap);
    assert_int_equal(fixture_table_count(), TABLES);
    assert_int_equal(fixture_free_frames(), before);
}

/* One block lies at the end of what the peak mapped: everything before it goes back all the same. */
static void frames_go_back_though_a_late_block_stays(void **state)
{
    enum { BLOCKS = 100 };
    void *blocks[BLOCKS];
    (void)state;
    for (unsigned i = 0; i < BLOCKS; i++)
        blocks[i] = heap_fixture_fill(heap_alloc(&fixture_heap, 5 * 4096), 5 * 4096, i);
    void *late = heap_fixture_fill(heap_alloc(&fixture_heap, 100), 100, 9);
    for (unsigned i = 0; i < BLOCKS; i++)
        heap_free(&fixture_heap, blocks[i]);
    assert_in_range(mapped_pages(), 1, 40);
    heap_fixture_expect_sound();
    heap_fixture_expect_filled(late, 100, 9);
    heap_free(&fixture_heap, late);
}

static uint64_t flushes_of_a_loop(size_t bytes)
{
    uint64_t before = paging_double.page_flush_count;
    for (unsigned i = 0; i < 1000; i++)
        heap_free(&fixture_heap, heap_alloc(&fixture_heap, bytes));
    return paging_double.page_flush_count - before;
}

/* A load that swings around a boundary maps and unmaps for the first rounds only. */
static void a_loop_at_a_boundary_maps_once(void **state)
{
    static const size_t sizes[] = {16, 64, 1000, 2048, 3300, 4096, 7000, 16000};
    enum { FULL = 700 };
    void *full[FULL];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        size_t count = sizes[i] < 3000 ? FULL : 20;
        for (size_t j = 0; j < count; j++) {
            full[j] = heap_alloc(&fixture_heap, sizes[i]);
            assert_in_range(flushes_of_a_loop(sizes[i]), 0, 600);
        }
        for (size_t j = 0; j < count; j++)
            heap_free(&fixture_heap, full[j]);
    }
}

/* Fails each frame in turn, tables and descriptors included: the heap answers NULL, stays sound, keeps what it holds,
 * and loses no frame. */
static void out_of_frames_at_any_point_leaves_the_heap_usable(void **state)
{
    static const size_t sizes[] = {100, 20 * 4096, 3000, 4096, 1, 5 * 4096, 200, 16384};
    (void)state;
    for (uint64_t left = 0; left < 80; left++) {
        char *blocks[COUNT_OF(sizes)];
        heap_fixture_reset(FIXTURE_FRAMES - 2, HEAP_RANGE_BYTES);
        heap_fixture_drain(left);
        for (size_t i = 0; i < COUNT_OF(sizes); i++) {
            blocks[i] = heap_alloc(&fixture_heap, sizes[i]);
            heap_fixture_expect_sound();
            if (blocks[i] != NULL)
                heap_fixture_fill(blocks[i], sizes[i], (unsigned)i);
        }
        assert_int_equal(blocks[0] != NULL, left >= 3 + 1 + 4); /* tables, descriptors, a slab */
        assert_true(left < 70 || blocks[COUNT_OF(sizes) - 1] != NULL);
        for (size_t i = 0; i < COUNT_OF(sizes); i++) {
            if (blocks[i] == NULL)
                continue;
            heap_fixture_expect_filled(blocks[i], sizes[i], (unsigned)i);
            heap_free(&fixture_heap, blocks[i]);
            heap_fixture_expect_sound();
        }
    }
}

/* The same while blocks grow in place or move. */
static void out_of_frames_while_resizing_keeps_the_block(void **state)
{
    static const size_t sizes[] = {100, 3000, 5000, 16384, 17000, 90000, 30, 200000, 3500};
    (void)state;
    for (uint64_t left = 8; left < 130; left++) {
        heap_fixture_reset(FIXTURE_FRAMES - 2, HEAP_RANGE_BYTES);
        heap_fixture_drain(left);
        char *block = heap_fixture_fill(heap_alloc(&fixture_heap, 10), 10, 1);
        size_t size = 10;
        for (size_t i = 0; i < COUNT_OF(sizes); i++) {
            char *resized = heap_realloc(&fixture_heap, block, sizes[i]);
            heap_fixture_expect_sound();
            assert_true(resized != NULL || sizes[i] > size);
            assert_true(resized != NULL || heap_realloc(&fixture_heap, block, sizes[i]) == NULL);
            heap_fixture_expect_filled(resized == NULL ? block : resized, size < sizes[i] ? size : sizes[i], 1);
            if (resized == NULL)
                continue;
            block = heap_fixture_fill(resized, sizes[i], 1);
            size = sizes[i];
        }
        heap_free(&fixture_heap, block);
    }
}

/* There is no frame but in the reserve, and too few there for a second block: the one there is grows in place. */
static void a_block_grows_with_frames_of_the_reserve(void **state)
{
    (void)state;
    char *block = heap_fixture_fill(heap_alloc(&fixture_heap, 5 * 4096), 5 * 4096, 1);
    heap_free(&fixture_heap, heap_alloc(&fixture_heap, 2 * 4096 - 64));
    heap_fixture_drain(0);
    char *grown = heap_realloc(&fixture_heap, block, 7 * 4096);
    assert_ptr_equal(grown, TENORITE_DEBUG ? NULL : block); /* in debug builds it would have to move */
    heap_fixture_expect_filled(block, 5 * 4096, 1);
    heap_free(&fixture_heap, block);
}

/* The reserve may have more pages the more are mapped. */
static void the_reserve_shrinks_with_what_is_mapped(void **state)
{
    enum { BLOCKS = 20, LARGE_BYTES = 700 * 4096 };
    (void)state;
    for (unsigned way = 0; way < 2; way++) {
        void *blocks[BLOCKS];
        void *large = heap_alloc(&fixture_heap, LARGE_BYTES);
        for (unsigned i = 0; i < BLOCKS; i++)
            blocks[i] = heap_alloc(&fixture_heap, 4000);
        for (unsigned i = 0; i < BLOCKS; i++)
            heap_free(&fixture_heap, blocks[i]);
        if (!TENORITE_DEBUG) /* there the quarantine has them */
            assert_int_equal(fixture_heap.reserve_pages, 11);
        if (way == 0)
            large = heap_realloc(&fixture_heap, large, 9 * 4096);
        else
            heap_free(&fixture_heap, large);
        assert_in_range(fixture_heap.reserve_pages, 0, 10);
        heap_fixture_expect_sound();
        if (way == 0)
            heap_free(&fixture_heap, large);
    }
}

static void a_request_that_frames_are_missing_for_takes_none(void **state)
{
    (void)state;
    heap_free(&fixture_heap, heap_alloc(&fixture_heap, 1));
    heap_trim(&fixture_heap);
    heap_fixture_drain(300);
    assert_null(heap_alloc(&fixture_heap, 400 * 4096));
    assert_int_equal(fixture_free_frames(), 300);
    heap_free(&fixture_heap, heap_fixture_fill(heap_alloc(&fixture_heap, 200 * 4096), 200 * 4096, 7));
}

/* Where a new table is needed in the middle of a run and no frame is left for it. */
static void growth_that_fails_half_way_is_undone(void **state)
{
    enum { PAGES = 700 };
    unsigned failures = 0;
    (void)state;
    for (uint64_t spare = 0; spare < 4; spare++) {
        heap_fixture_reset(FIXTURE_FRAMES - 2, HEAP_RANGE_BYTES);
        heap_free(&fixture_heap, heap_alloc(&fixture_heap, 1));
        heap_trim(&fixture_heap);
        heap_fixture_drain(PAGES + 2 + spare); /* two are for descriptors */
        void *block = heap_alloc(&fixture_heap, PAGES * 4096 - 64);
        heap_fixture_expect_sound();
        failures += block == NULL ? 1 : 0;
        heap_free(&fixture_heap, block);
        heap_free(&fixture_heap, heap_fixture_fill(heap_alloc(&fixture_heap, 30 * 4096), 30 * 4096, 1));
        heap_fixture_expect_sound();
    }
    assert_int_equal(failures, 1);
}

/* What the heap keeps without need is given up before it answers NULL. */
static void the_reserve_is_used_before_the_answer_is_no(void **state)
{
    enum { BLOCKS = 30 };
    void *blocks[BLOCKS];
    (void)state;
    heap_fixture_drain(60);
    for (unsigned i = 0; i < BLOCKS; i++)
        blocks[i] = heap_fixture_fill(heap_alloc(&fixture_heap, i % 2 == 0 ? 4000 : 900), 900, i);
    for (unsigned i = 0; i < BLOCKS; i++)
        heap_free(&fixture_heap, blocks[i]);
    uint64_t pages = fixture_free_frames() + mapped_pages() - 1;
    void *everything = heap_alloc(&fixture_heap, (pages - 1) * 4096 - 64);
    assert_non_null(everything);
    heap_free(&fixture_heap, everything);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HEAP(nothing_is_mapped_before_it_is_needed),
        WITH_HEAP(frames_go_back_after_a_peak),
        WITH_HEAP(tables_go_back_when_the_heap_is_trimmed),
        WITH_HEAP(frames_go_back_though_a_late_block_stays),
        WITH_HEAP(a_loop_at_a_boundary_maps_once),
        WITH_HEAP(out_of_frames_at_any_point_leaves_the_heap_usable),
        WITH_HEAP(out_of_frames_while_resizing_keeps_the_block),
        WITH_HEAP(a_block_grows_with_frames_of_the_reserve),
        WITH_HEAP(the_reserve_shrinks_with_what_is_mapped),
        WITH_HEAP(a_request_that_frames_are_missing_for_takes_none),
        WITH_HEAP(growth_that_fails_half_way_is_undone),
        WITH_HEAP(the_reserve_is_used_before_the_answer_is_no),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
