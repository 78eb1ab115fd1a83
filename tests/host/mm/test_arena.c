/* SPDX-License-Identifier: MIT */
#include "heap_fixture.h"

#include <tenorite/mm/arena.h>

enum { CHUNK_BYTES = 1000 };

static struct arena arena;

static int setup(void **state)
{
    heap_fixture_setup(state);
    arena_init(&arena, &fixture_heap, CHUNK_BYTES);
    return 0;
}

static uint64_t chunk_count(void)
{
    return heap_statistics(&fixture_heap).allocation_count;
}

static int teardown(void **state)
{
    arena_free_all(&arena);
    assert_int_equal(chunk_count(), 0);
    return heap_fixture_teardown(state);
}

static void nothing_is_taken_before_it_is_needed(void **state)
{
    (void)state;
    assert_int_equal(chunk_count(), 0);
    assert_non_null(arena_alloc(&arena, 1));
    assert_int_equal(chunk_count(), 1);
}

static void objects_are_aligned_and_do_not_overlap(void **state)
{
    enum { OBJECTS = 300 };
    char *objects[OBJECTS];
    (void)state;
    for (unsigned i = 0; i < OBJECTS; i++) {
        size_t alignment = (size_t)1 << i % 13;
        objects[i] = heap_fixture_fill(arena_aligned_alloc(&arena, alignment, i), i, i);
        assert_int_equal((uintptr_t)objects[i] % alignment, 0);
    }
    for (unsigned i = 0; i < OBJECTS; i++)
        heap_fixture_expect_filled(objects[i], i, i);
    assert_int_equal((uintptr_t)arena_alloc(&arena, 3) % 16, 0);
    assert_ptr_not_equal(arena_alloc(&arena, 0), arena_alloc(&arena, 0));
}

static void small_objects_share_a_chunk(void **state)
{
    (void)state;
    for (unsigned i = 0; i < (CHUNK_BYTES - 16) / 16; i++)
        assert_non_null(arena_alloc(&arena, 16));
    assert_int_equal(chunk_count(), 1);
    assert_non_null(arena_alloc(&arena, 16));
    assert_int_equal(chunk_count(), 2);
}

static void an_object_larger_than_a_chunk_gets_its_own(void **state)
{
    (void)state;
    heap_fixture_fill(arena_alloc(&arena, 50 * CHUNK_BYTES), 50 * CHUNK_BYTES, 1);
    assert_int_equal(chunk_count(), 1);
}

static void rewinding_gives_back_what_came_after_the_mark(void **state)
{
    (void)state;
    char *kept = heap_fixture_fill(arena_alloc(&arena, 100), 100, 1);
    struct arena_mark mark = arena_mark(&arena);
    char *first = arena_alloc(&arena, 100);
    for (unsigned i = 0; i < 10; i++)
        heap_fixture_fill(arena_alloc(&arena, 700), 700, 2);
    assert_int_equal(chunk_count(), 10);
    arena_rewind(&arena, mark);
    assert_int_equal(chunk_count(), 1);
    heap_fixture_expect_filled(kept, 100, 1);
    assert_ptr_equal(arena_alloc(&arena, 100), first);
}

static void a_mark_of_an_empty_arena_is_its_start(void **state)
{
    (void)state;
    struct arena_mark mark = arena_mark(&arena);
    assert_non_null(arena_alloc(&arena, 100));
    arena_rewind(&arena, mark);
    assert_int_equal(chunk_count(), 0);
    assert_non_null(arena_alloc(&arena, 100));
}

static void a_reset_keeps_one_chunk(void **state)
{
    (void)state;
    char *first = arena_alloc(&arena, 100);
    for (unsigned i = 0; i < 10; i++)
        assert_non_null(arena_alloc(&arena, 700));
    arena_reset(&arena);
    assert_int_equal(chunk_count(), 1);
    assert_ptr_equal(arena_alloc(&arena, 100), first);
    arena_free_all(&arena);
    arena_reset(&arena);
    assert_int_equal(chunk_count(), 0);
}

static void a_foreign_mark_panics(void **state)
{
    struct arena other;
    (void)state;
    arena_init(&other, &fixture_heap, CHUNK_BYTES);
    assert_non_null(arena_alloc(&other, 1));
    struct arena_mark mark = arena_mark(&other);
    EXPECT_PANIC("is none of this arena", arena_rewind(&arena, mark));
    arena_free_all(&other);
}

static void an_alignment_that_is_none_panics(void **state)
{
    volatile size_t alignments[] = {0, 3, 48};
    (void)state;
    for (volatile size_t i = 0; i < COUNT_OF(alignments); i++)
        EXPECT_PANIC("is not a power of two", (void)!arena_aligned_alloc(&arena, alignments[i], 8));
}

static void without_memory_the_arena_stays_as_it_is(void **state)
{
    volatile size_t impossible[] = {SIZE_MAX, SIZE_MAX - 15, SIZE_MAX - 40, SIZE_MAX / 2, HEAP_RANGE_BYTES};
    (void)state;
    char *kept = heap_fixture_fill(arena_alloc(&arena, 100), 100, 1);
    for (size_t i = 0; i < COUNT_OF(impossible); i++)
        assert_null(arena_alloc(&arena, impossible[i]));
    volatile size_t large_alignment = (size_t)1 << 63;
    assert_null(arena_aligned_alloc(&arena, large_alignment, 1));
    volatile size_t wraps = SIZE_MAX / 8 + 2;
    assert_null(arena_new_array(&arena, uint64_t, wraps));
    assert_ptr_equal(arena_aligned_alloc(&arena, 1, 1), kept + 100);
    heap_fixture_expect_filled(kept, 100, 1);
}

#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(nothing_is_taken_before_it_is_needed),
        WITH_ARENA(objects_are_aligned_and_do_not_overlap),
        WITH_ARENA(small_objects_share_a_chunk),
        WITH_ARENA(an_object_larger_than_a_chunk_gets_its_own),
        WITH_ARENA(rewinding_gives_back_what_came_after_the_mark),
        WITH_ARENA(a_mark_of_an_empty_arena_is_its_start),
        WITH_ARENA(a_reset_keeps_one_chunk),
        WITH_ARENA(a_foreign_mark_panics),
        WITH_ARENA(an_alignment_that_is_none_panics),
        WITH_ARENA(without_memory_the_arena_stays_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
