/* SPDX-License-Identifier: MIT */
/* heap_check() names the invariant that is broken: each is broken here by hand, found, and mended. */
#include "heap_fixture.h"

#include "mm/heap_blocks.h"

/* Blocks of a heap that has some of everything: a full and a partial slab, a void run, a large run, a reserve. */
static uint32_t slab, partial, run, hole;

static uint32_t block_of(const void *pointer)
{
    return (uint32_t)(((const char *)pointer - fixture_heap.start) / HEAP_BLOCK_BYTES);
}

static int setup(void **state)
{
    enum { WALLS = 3, BYTES = 2000 };
    void *large[WALLS];
    heap_fixture_setup(state);
    for (unsigned i = 0; i < WALLS; i++)
        large[i] = heap_alloc(&fixture_heap, 100000);
    slab = block_of(heap_alloc(&fixture_heap, BYTES));
    while (block_of(heap_alloc(&fixture_heap, BYTES)) == slab)
        continue;
    void *reserved = heap_alloc(&fixture_heap, 12000 - 64);
    partial = block_of(heap_alloc(&fixture_heap, 100));
    hole = block_of(large[0]);
    run = block_of(large[1]);
    heap_free(&fixture_heap, large[0]);
    heap_free(&fixture_heap, reserved);
    heap_fixture_expect_sound();
    return 0;
}

/* `place` has `damage` instead of what belongs there: that is called `text`. */
#define EXPECT_DAMAGE(place, damage, text)                                                                           \
    do {                                                                                                             \
        typeof(place) before = (place);                                                                              \
        (place) = (damage);                                                                                          \
        const char *broken = heap_check(&fixture_heap);                                                              \
        (place) = before;                                                                                            \
        assert_non_null(broken);                                                                                     \
        assert_string_equal(broken, text);                                                                           \
        assert_null(heap_check(&fixture_heap));                                                                      \
    } while (0)

static void h1_runs_follow_each_other(void **state)
{
    struct heap_block *blocks = fixture_heap.blocks;
    (void)state;
    EXPECT_DAMAGE(blocks[run].run_blocks, 0, "H1: a run is empty or passes the end of the heap");
    EXPECT_DAMAGE(blocks[run].run_blocks, UINT32_MAX, "H1: a run is empty or passes the end of the heap");
    EXPECT_DAMAGE(blocks[run].pages, blocks[run].pages + 4, "H1: a large run's blocks do not fit its pages");
    EXPECT_DAMAGE(blocks[run].kind, HEAP_BLOCK_INSIDE, "H1: a run begins with a block that begins none");
    EXPECT_DAMAGE(blocks[run].kind, 77, "H1: a run begins with a block that begins none");
    EXPECT_DAMAGE(blocks[run + 1].kind, HEAP_BLOCK_LARGE, "H1: a block inside a large run claims to be more");
    EXPECT_DAMAGE(blocks[hole + 1].kind, HEAP_BLOCK_SLAB, "H1: a block inside a void run claims to be more");
}

static void h2_void_runs_are_joined_and_hold_their_length(void **state)
{
    struct heap_block *blocks = fixture_heap.blocks;
    uint32_t last = hole + blocks[hole].run_blocks - 1;
    (void)state;
    EXPECT_DAMAGE(blocks[last].kind, HEAP_BLOCK_INSIDE, "H2: a void run's last block is not marked");
    EXPECT_DAMAGE(blocks[last].run_blocks, 2, "H2: a void run's ends disagree about its length");
}

static void h3_void_runs_are_in_the_list_of_their_length(void **state)
{
    unsigned list = heap_run_list(fixture_heap.blocks[hole].run_blocks);
    (void)state;
    EXPECT_DAMAGE(fixture_heap.run_lists_used, 0, "H3: a list of void runs is damaged");
    EXPECT_DAMAGE(fixture_heap.void_runs[list], run, "H3: a list of void runs is damaged");
    EXPECT_DAMAGE(fixture_heap.blocks[hole].previous, run, "H3: a list of void runs is damaged");
    fixture_heap.run_lists_used ^= 1u << list;
    fixture_heap.void_runs[list] = HEAP_NO_BLOCK;
    assert_string_equal(heap_check(&fixture_heap), "H3: a void run is in no list");
}

static void h4_slabs_count_their_objects(void **state)
{
    struct heap_block *blocks = fixture_heap.blocks;
    struct heap_class *class = &fixture_heap.classes[blocks[partial].class];
    (void)state;
    EXPECT_DAMAGE(blocks[partial].in_use, 7, "H4: a slab miscounts its objects");
    EXPECT_DAMAGE(blocks[partial].free_bits[3], UINT64_MAX, "H4: an object beyond a slab's capacity is free");
    EXPECT_DAMAGE(blocks[partial].class, HEAP_CLASS_COUNT, "H6: a cached object is none of its class");
    EXPECT_DAMAGE(class->slab_count, 0, "H4: a class miscounts its slabs");
    EXPECT_DAMAGE(blocks[slab].run_blocks, 2, "H4: a slab has a length or class that does not exist");
}

static void h5_slabs_are_listed_or_cached(void **state)
{
    struct heap_block *blocks = fixture_heap.blocks;
    struct heap_class *class = &fixture_heap.classes[blocks[partial].class];
    (void)state;
    EXPECT_DAMAGE(blocks[partial].next, HEAP_UNLISTED, "H5: a slab with a free object is neither listed nor cached");
    EXPECT_DAMAGE(blocks[slab].next, HEAP_NO_BLOCK, "H5: a slab without a free object is listed");
    EXPECT_DAMAGE(class->partial_slabs, HEAP_NO_BLOCK, "H5: a slab that should be in a list is not");
    EXPECT_DAMAGE(class->partial_slabs, run, "H5: a list of slabs is damaged");
}

static void h6_cached_objects_are_free(void **state)
{
    struct heap_class *class = &fixture_heap.classes[fixture_heap.blocks[partial].class];
    struct heap_free_object *cached = &class->cached[class->first_cached % HEAP_CACHE_SLOTS];
    struct heap_free_object *second = &class->cached[(class->first_cached + 1) % HEAP_CACHE_SLOTS];
    (void)state;
    EXPECT_DAMAGE(cached->object, 0, "H6: a cached object is not free"); /* it was handed out first */
    EXPECT_DAMAGE(cached->object, class->capacity, "H6: a cached object is none of its class");
    EXPECT_DAMAGE(cached->block, UINT32_MAX, "H6: a cached object is none of its class");
    EXPECT_DAMAGE(cached->block, run, "H6: a cached object is none of its class");
    EXPECT_DAMAGE(cached->object, second->object, "H6: an object is cached twice");
    EXPECT_DAMAGE(class->end_cached, class->first_cached + 17, "H6: a class has cached too many objects");
}

static void h7_the_reserve_adds_up(void **state)
{
    (void)state;
    heap_trim(&fixture_heap);
    heap_free(&fixture_heap, heap_alloc(&fixture_heap, 12000 - 64));
    for (unsigned i = 0; i < HEAP_QUARANTINE_SLOTS; i++) /* until the quarantine of a debug build gives it up */
        heap_free(&fixture_heap, heap_alloc(&fixture_heap, 16));
    uint32_t reserved = fixture_heap.reserve[2];
    EXPECT_DAMAGE(fixture_heap.reserve_pages, 100, "H7: reserve_pages does not add up");
    EXPECT_DAMAGE(fixture_heap.reserve_count[2], 0, "H7: a list of the reserve is damaged");
    EXPECT_DAMAGE(fixture_heap.reserve[2], run, "H7: a list of the reserve is damaged");
    EXPECT_DAMAGE(fixture_heap.blocks[reserved].pages, 0,
                  "H7: a block in the reserve has a length that does not exist");
}

static void h8_what_is_needed_is_mapped_and_nothing_else(void **state)
{
    (void)state;
    EXPECT_DAMAGE(fixture_heap.mapped_pages, fixture_heap.mapped_pages + 1, "H8: mapped_pages does not add up");
    EXPECT_DAMAGE(fixture_heap.descriptor_pages, 0, "H8: there are not enough descriptors");
    EXPECT_DAMAGE(fixture_heap.descriptor_pages, 3, "H8: a page of descriptors is not mapped");
    EXPECT_DAMAGE(fixture_heap.blocks[run].pages, fixture_heap.blocks[run].pages + 1,
                  "H8: a page is mapped without need, or needed and not mapped");
}

#define WITH_SETUP(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SETUP(h1_runs_follow_each_other),
        WITH_SETUP(h2_void_runs_are_joined_and_hold_their_length),
        WITH_SETUP(h3_void_runs_are_in_the_list_of_their_length),
        WITH_SETUP(h4_slabs_count_their_objects),
        WITH_SETUP(h5_slabs_are_listed_or_cached),
        WITH_SETUP(h6_cached_objects_are_free),
        WITH_SETUP(h7_the_reserve_adds_up),
        WITH_SETUP(h8_what_is_needed_is_mapped_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
