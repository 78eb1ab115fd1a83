/* SPDX-License-Identifier: MIT */
/*
 * Where blocks lie: the scenarios that a first-fit list of holes is commonly tested with, restated for classes and blocks
 * of 16 KiB. In debug builds each block is larger, by what guards it; what is said here holds there, too.
 */
#include "heap_fixture.h"

enum { BLOCK = 16384, GUARDS = 64, LARGE = BLOCK - GUARDS, HEAP_BLOCKS = 12 };

static void small_heap(void)
{
    heap_fixture_reset(FIXTURE_FRAMES - 2, (HEAP_BLOCKS + 1) * BLOCK);
    assert_int_equal(heap_statistics(&fixture_heap).limit_bytes, HEAP_BLOCKS * BLOCK);
}

/* Nothing is lost: one block can have all of the heap. */
static void expect_all_of_it_free(void)
{
    void *all = heap_alloc(&fixture_heap, HEAP_BLOCKS * BLOCK - GUARDS);
    heap_free(&fixture_heap, heap_fixture_fill(all, HEAP_BLOCKS * BLOCK - GUARDS, 1));
    heap_trim(&fixture_heap);
    assert_int_equal(heap_statistics(&fixture_heap).allocation_count, 0);
    heap_fixture_expect_sound();
}

static void an_empty_heap_without_frames_gives_null(void **state)
{
    (void)state;
    heap_fixture_drain(0);
    assert_null(heap_aligned_alloc(&fixture_heap, 1, 1));
}

static void more_than_the_range_gives_null(void **state)
{
    (void)state;
    small_heap();
    assert_null(heap_alloc(&fixture_heap, HEAP_BLOCKS * BLOCK + 1));
    expect_all_of_it_free();
}

static void blocks_of_a_new_slab_follow_each_other(void **state)
{
    (void)state;
    char *first = heap_alloc(&fixture_heap, 16);
    char *second = heap_alloc(&fixture_heap, 16);
    assert_in_range(first - fixture_heap.start, 0, GUARDS);
    assert_in_range(second - first, 16, 16 + GUARDS);
    assert_int_equal(fixture_heap.block_count, 1);
}

/* Three neighbours, freed in each order: what is free joins, before, behind and between. */
static void neighbours_join_in_every_order(void **state)
{
    static const unsigned orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        char *neighbours[3];
        small_heap();
        for (unsigned j = 0; j < 3; j++)
            neighbours[j] = heap_alloc(&fixture_heap, 2 * BLOCK - GUARDS);
        void *wall = heap_alloc(&fixture_heap, 2 * BLOCK);
        for (unsigned j = 0; j < 3; j++)
            heap_free(&fixture_heap, neighbours[orders[i][j]]);
        void *joined = heap_alloc(&fixture_heap, 6 * BLOCK - GUARDS);
        assert_ptr_equal(joined, neighbours[0]);
        heap_free(&fixture_heap, joined);
        heap_free(&fixture_heap, wall);
        expect_all_of_it_free();
    }
}

static void a_freed_place_is_used_again(void **state)
{
    (void)state;
    void *large = heap_alloc(&fixture_heap, 10 * BLOCK);
    heap_free(&fixture_heap, large);
    void *again = heap_alloc(&fixture_heap, 10 * BLOCK);
    assert_ptr_equal(again, large);
    heap_free(&fixture_heap, again);
    void *small = heap_alloc(&fixture_heap, 16);
    heap_free(&fixture_heap, small);
    unsigned rounds = 0;
    for (void *other = NULL; other != small; rounds++) {
        other = heap_alloc(&fixture_heap, 8);
        heap_free(&fixture_heap, other);
    }
    assert_in_range(rounds, 1, HEAP_CACHE_SLOTS + HEAP_QUARANTINE_SLOTS);
}

static void a_small_alignment_does_not_spoil_a_large_one(void **state)
{
    (void)state;
    void *first = heap_aligned_alloc(&fixture_heap, 4, 28);
    void *second = heap_aligned_alloc(&fixture_heap, 8, 8);
    assert_int_equal((uintptr_t)second % 8, 0);
    heap_free(&fixture_heap, first);
    heap_free(&fixture_heap, second);
}

/* The hole that an aligned block leaves is just as long as it, and aligned. */
static void an_aligned_block_fits_where_one_like_it_was(void **state)
{
    enum { BYTES = 16 * BLOCK };
    (void)state;
    heap_fixture_reset(FIXTURE_FRAMES - 2, 128 * BLOCK);
    void *aligned = heap_aligned_alloc(&fixture_heap, BYTES, BYTES);
    assert_non_null(aligned);
    while (heap_alloc(&fixture_heap, LARGE) != NULL)
        continue;
    for (unsigned i = 0; i < 3; i++) {
        heap_free(&fixture_heap, aligned);
        void *again = heap_aligned_alloc(&fixture_heap, BYTES, BYTES);
        assert_ptr_equal(again, aligned);
        heap_fixture_fill(again, BYTES, i);
    }
    assert_null(heap_aligned_alloc(&fixture_heap, BYTES, BYTES));
}

static void an_aligned_block_can_have_all_of_an_aligned_heap(void **state)
{
    enum { ALIGNMENT = 2 * BLOCK, BYTES = HEAP_BLOCKS * BLOCK - (TENORITE_DEBUG ? ALIGNMENT + GUARDS : 0) };
    struct virtual_range range = heap_fixture_range(BLOCK, (HEAP_BLOCKS + 1) * BLOCK);
    (void)state;
    assert_int_equal(heap_init(&fixture_heap, &fixture_mapper, &fixture_frames, range), HEAP_OK);
    void *all = heap_fixture_fill(heap_aligned_alloc(&fixture_heap, ALIGNMENT, BYTES), BYTES, 1);
    assert_int_equal((uintptr_t)all % ALIGNMENT, 0);
    assert_null(heap_alloc(&fixture_heap, 1));
    heap_free(&fixture_heap, all);
    for (unsigned power = 18; power < 64; power++)
        assert_null(heap_aligned_alloc(&fixture_heap, (size_t)1 << power, HEAP_BLOCKS * BLOCK));
}

static void a_full_heap_grows(void **state)
{
    (void)state;
    small_heap();
    void *first = heap_alloc(&fixture_heap, 5 * BLOCK);
    void *second = heap_alloc(&fixture_heap, 4 * BLOCK);
    heap_free(&fixture_heap, first);
    void *third = heap_fixture_fill(heap_alloc(&fixture_heap, 5 * BLOCK - GUARDS), 5 * BLOCK - GUARDS, 1);
    assert_non_null(third);
    heap_free(&fixture_heap, second);
    heap_free(&fixture_heap, third);
    expect_all_of_it_free();
}

/* Fills the heap, frees all in one of four orders, and all of it is free again. */
static void fill_and_free(size_t size, size_t alignment, unsigned order)
{
    static void *blocks[HEAP_BLOCKS * BLOCK / 16];
    size_t count = 0;
    while ((blocks[count] = heap_aligned_alloc(&fixture_heap, alignment, size)) != NULL)
        count++;
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        size_t at = order % 2 == 0 ? i : count - 1 - i;
        size_t half = (count + 1) / 2;
        heap_free(&fixture_heap, blocks[order < 2 ? at : at < half ? 2 * at : 2 * (at - half) + 1]);
    }
    expect_all_of_it_free();
}

static void every_size_and_alignment_fills_and_empties_the_heap(void **state)
{
    static const size_t sizes[] = {1, 15, 16, 17, 33, 64, 100, 127, 200, 256, 320, 511, 512, 1000, 2048, 3000, 5000};
    unsigned order = 0;
    (void)state;
    small_heap();
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        for (unsigned power = 0; power < 10; power++)
            fill_and_free(sizes[i], (size_t)1 << power, order++ % 4);
    }
}

/* Anything in any order; at the end nothing is lost. */
static void after_chaos_all_of_it_is_free(void **state)
{
    enum { SLOTS = 60 };
    uint64_t seed = 0x9e3779b97f4a7c15;
    void *slots[SLOTS] = {NULL};
    (void)state;
    small_heap();
    for (unsigned i = 0; i < 20000; i++) {
        unsigned slot = heap_fixture_random(&seed) % SLOTS;
        heap_free(&fixture_heap, slots[slot]);
        size_t alignment = (size_t)1 << heap_fixture_random(&seed) % 13;
        slots[slot] = heap_aligned_alloc(&fixture_heap, alignment, heap_fixture_random(&seed) % 5000);
    }
    for (unsigned i = 0; i < SLOTS; i++)
        heap_free(&fixture_heap, slots[i]);
    expect_all_of_it_free();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HEAP(an_empty_heap_without_frames_gives_null),
        WITH_HEAP(more_than_the_range_gives_null),
        WITH_HEAP(blocks_of_a_new_slab_follow_each_other),
        WITH_HEAP(neighbours_join_in_every_order),
        WITH_HEAP(a_freed_place_is_used_again),
        WITH_HEAP(a_small_alignment_does_not_spoil_a_large_one),
        WITH_HEAP(an_aligned_block_fits_where_one_like_it_was),
        WITH_HEAP(an_aligned_block_can_have_all_of_an_aligned_heap),
        WITH_HEAP(a_full_heap_grows),
        WITH_HEAP(every_size_and_alignment_fills_and_empties_the_heap),
        WITH_HEAP(after_chaos_all_of_it_is_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
