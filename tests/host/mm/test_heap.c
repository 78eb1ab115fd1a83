/* SPDX-License-Identifier: MIT */
/* What the heap promises its callers, in debug and release builds alike. */
#include "heap_fixture.h"

enum { BLOG_OS_HEAP_BYTES = 100 * 1024 };

static void simple_allocation(void **state)
{
    (void)state;
    int *left = heap_alloc(&fixture_heap, sizeof *left);
    int *right = heap_alloc(&fixture_heap, sizeof *right);
    *left = 41;
    *right = 13;
    assert_int_equal(*left, 41);
    assert_int_equal(*right, 13);
    heap_free(&fixture_heap, left);
    heap_free(&fixture_heap, right);
}

static void large_vec(void **state)
{
    uint64_t *values = NULL;
    uint64_t sum = 0;
    size_t capacity = 0;
    (void)state;
    for (size_t count = 0; count < 1000; count++) {
        if (count == capacity) {
            uint64_t *moved = heap_alloc(&fixture_heap, (capacity * 2 + 4) * sizeof *values);
            assert_non_null(moved);
            if (values != NULL)
                memcpy(moved, values, count * sizeof *values);
            heap_free(&fixture_heap, values);
            values = moved;
            capacity = capacity * 2 + 4;
        }
        values[count] = count;
    }
    for (size_t i = 0; i < 1000; i++)
        sum += values[i];
    assert_int_equal(sum, 1000 * 999 / 2);
    heap_free(&fixture_heap, values);
}

static void many_boxes(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < BLOG_OS_HEAP_BYTES; i++) {
        uint64_t *box = heap_alloc(&fixture_heap, sizeof *box);
        *box = i;
        assert_int_equal(*box, i);
        heap_free(&fixture_heap, box);
    }
    assert_in_range(heap_statistics(&fixture_heap).mapped_bytes, 4096, BLOG_OS_HEAP_BYTES);
}

static void many_boxes_long_lived(void **state)
{
    (void)state;
    uint64_t *long_lived = heap_alloc(&fixture_heap, sizeof *long_lived);
    *long_lived = 1;
    many_boxes(state);
    assert_int_equal(*long_lived, 1);
    heap_free(&fixture_heap, long_lived);
}

static void every_size_and_alignment_is_kept(void **state)
{
    void *blocks[14];
    (void)state;
    for (size_t size = 0; size < 9000; size += size < 200 ? 1 : 97) {
        for (unsigned power = 0; power < 14; power++) {
            blocks[power] = heap_aligned_alloc(&fixture_heap, (size_t)1 << power, size);
            heap_fixture_fill(blocks[power], size, power);
            assert_int_equal((uintptr_t)blocks[power] % (1u << power), 0);
            assert_int_equal((uintptr_t)blocks[power] % 16, 0);
        }
        for (unsigned power = 0; power < 14; power++) {
            heap_fixture_expect_filled(blocks[power], size, power);
            heap_free(&fixture_heap, blocks[power]);
        }
    }
    assert_int_equal(heap_statistics(&fixture_heap).used_bytes, 0);
    assert_int_equal(heap_statistics(&fixture_heap).allocation_count, 0);
}

static void size_0_gives_a_block_of_its_own(void **state)
{
    (void)state;
    void *first = heap_alloc(&fixture_heap, 0);
    void *second = heap_alloc(&fixture_heap, 0);
    assert_non_null(first);
    assert_ptr_not_equal(first, second);
    heap_free(&fixture_heap, first);
    heap_free(&fixture_heap, second);
    heap_free(&fixture_heap, NULL);
}

static void impossible_sizes_give_null(void **state)
{
    volatile size_t sizes[] = {SIZE_MAX,         SIZE_MAX - 15,        SIZE_MAX / 2,
                               HEAP_RANGE_BYTES, HEAP_RANGE_BYTES + 1, (size_t)1 << 45};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        assert_null(heap_alloc(&fixture_heap, sizes[i]));
    volatile size_t largest_alignment = (size_t)1 << 63;
    assert_null(heap_aligned_alloc(&fixture_heap, largest_alignment, 1));
    assert_null(heap_aligned_alloc(&fixture_heap, HEAP_RANGE_BYTES, 1));
    assert_null(heap_aligned_alloc(&fixture_heap, 4096, sizes[0]));
    simple_allocation(state);
}

static void usable_size_is_at_least_what_was_asked_for(void **state)
{
    (void)state;
    assert_int_equal(heap_usable_size(&fixture_heap, NULL), 0);
    for (size_t size = 0; size < 40000; size += size < 200 ? 1 : 331) {
        char *block = heap_alloc(&fixture_heap, size);
        size_t usable = heap_usable_size(&fixture_heap, block);
        assert_true(usable >= size && usable <= size + size / 4 + 4096);
        heap_fixture_fill(block, usable, 7);
        heap_free(&fixture_heap, block);
    }
}

/* A block that is resized at random keeps its start, wherever it lies. */
static void realloc_keeps_what_fits(void **state)
{
    uint64_t seed = 0x2545f4914f6cdd1d;
    char *block = NULL;
    size_t size = 0;
    (void)state;
    for (unsigned i = 0; i < 3000; i++) {
        size_t wanted = heap_fixture_random(&seed) % ((size_t)1 << heap_fixture_random(&seed) % 19);
        char *resized = heap_realloc(&fixture_heap, block, wanted);
        assert_non_null(resized);
        heap_fixture_expect_filled(resized, wanted < size ? wanted : size, i - 1);
        block = heap_fixture_fill(resized, wanted, i);
        size = wanted;
        if (i % 16 == 0)
            heap_fixture_expect_sound();
    }
    heap_free(&fixture_heap, block);
    assert_int_equal(heap_statistics(&fixture_heap).allocation_count, 0);
}

static void realloc_without_memory_changes_nothing(void **state)
{
    static const size_t sizes[] = {1, 500, 3000, 5000, 100000};
    volatile size_t impossible[] = {SIZE_MAX, SIZE_MAX - 15, SIZE_MAX / 2, HEAP_RANGE_BYTES, (size_t)1 << 45};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        char *block = heap_fixture_fill(heap_alloc(&fixture_heap, sizes[i]), sizes[i], 3);
        for (size_t j = 0; j < COUNT_OF(impossible); j++)
            assert_null(heap_realloc(&fixture_heap, block, impossible[j]));
        heap_fixture_expect_sound();
        heap_fixture_expect_filled(block, sizes[i], 3);
        heap_free(&fixture_heap, block);
    }
}

static void a_block_becomes_smaller_even_without_memory(void **state)
{
    (void)state;
    char *large = heap_fixture_fill(heap_alloc(&fixture_heap, 200000), 200000, 1);
    char *small = heap_fixture_fill(heap_alloc(&fixture_heap, 3000), 3000, 2);
    heap_fixture_drain(0);
    while (heap_alloc(&fixture_heap, 1) != NULL)
        continue;
    small = heap_realloc(&fixture_heap, small, 2);
    heap_fixture_expect_filled(small, 2, 2);
    large = heap_realloc(&fixture_heap, large, 9000);
    heap_fixture_expect_filled(large, 9000, 1);
    heap_fixture_expect_sound();
}

static void typed_allocation_has_the_alignment_of_its_type(void **state)
{
    struct wide {
        _Alignas(256) char bytes[300];
    };
    (void)state;
    struct wide *wide = heap_new(&fixture_heap, struct wide);
    uint64_t *numbers = heap_new_array(&fixture_heap, uint64_t, 1000);
    assert_int_equal((uintptr_t)wide % 256, 0);
    heap_fixture_fill(wide, sizeof *wide, 1);
    heap_fixture_fill(numbers, 8000, 2);
    heap_free(&fixture_heap, wide);
    heap_free(&fixture_heap, numbers);
}

static void an_array_that_wraps_is_refused(void **state)
{
    volatile size_t counts[] = {SIZE_MAX, SIZE_MAX / 8 + 2, SIZE_MAX / 8 + 1, ((size_t)1 << 61) + 4};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(counts); i++)
        assert_null(heap_new_array(&fixture_heap, uint64_t, counts[i]));
    assert_int_equal(heap_statistics(&fixture_heap).allocation_count, 0);
}

static uint64_t live_blocks(void)
{
    return heap_statistics(&fixture_heap).allocation_count;
}

/* Leaves by return, by break and at the end; moves out when `keeps`. */
static int *scoped(unsigned way)
{
    for (unsigned i = 0; i < 2; i++) {
        HEAP_SCOPED(int, number, &fixture_heap, heap_new(&fixture_heap, int));
        HEAP_SCOPED(char, nothing, &fixture_heap, NULL);
        assert_int_equal(live_blocks(), 1);
        assert_null(nothing);
        *number = 42;
        if (way == 1)
            return NULL;
        if (way == 2)
            break;
        if (way == 3)
            return heap_scoped_move(&number);
    }
    assert_int_equal(live_blocks(), 0);
    return NULL;
}

static void a_scoped_block_is_freed_on_every_way_out(void **state)
{
    (void)state;
    for (unsigned way = 0; way < 3; way++) {
        assert_null(scoped(way));
        assert_int_equal(live_blocks(), 0);
    }
    int *moved = scoped(3);
    assert_int_equal(*moved, 42);
    heap_free(&fixture_heap, moved);
}

static void random_traces_keep_the_invariants(void **state)
{
    enum { BLOCKS = 300, OPERATIONS = 20000 };
    static struct {
        char *start;
        size_t bytes;
        unsigned tag;
    } blocks[BLOCKS];
    uint64_t seed = 0x853c49e6748fea9b;
    uint64_t count = 0;
    (void)state;
    heap_fixture_reset(600, HEAP_RANGE_BYTES);
    memset(blocks, 0, sizeof blocks);
    print_message("seed %#llx\n", (unsigned long long)seed);
    for (unsigned i = 0; i < OPERATIONS; i++) {
        unsigned at = heap_fixture_random(&seed) % BLOCKS;
        if (blocks[at].start != NULL) {
            heap_fixture_expect_filled(blocks[at].start, blocks[at].bytes, blocks[at].tag);
            heap_free(&fixture_heap, blocks[at].start);
            blocks[at].start = NULL;
            count--;
        } else {
            size_t bytes = heap_fixture_random(&seed) % ((size_t)1 << heap_fixture_random(&seed) % 17);
            size_t alignment = (size_t)1
                               << heap_fixture_random(&seed) % (heap_fixture_random(&seed) % 8 == 0 ? 15 : 6);
            char *block = heap_aligned_alloc(&fixture_heap, alignment, bytes);
            assert_int_equal((uintptr_t)block % alignment, 0);
            blocks[at].start = block;
            blocks[at].bytes = bytes;
            blocks[at].tag = i;
            if (block != NULL)
                heap_fixture_fill(block, bytes, i);
            count += block != NULL ? 1 : 0;
        }
        assert_int_equal(heap_statistics(&fixture_heap).allocation_count, count);
        if (i % 16 == 0)
            heap_fixture_expect_sound();
    }
    for (unsigned i = 0; i < BLOCKS; i++)
        heap_free(&fixture_heap, blocks[i].start);
    assert_int_equal(heap_statistics(&fixture_heap).used_bytes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HEAP(simple_allocation),
        WITH_HEAP(large_vec),
        WITH_HEAP(many_boxes),
        WITH_HEAP(many_boxes_long_lived),
        WITH_HEAP(every_size_and_alignment_is_kept),
        WITH_HEAP(size_0_gives_a_block_of_its_own),
        WITH_HEAP(impossible_sizes_give_null),
        WITH_HEAP(usable_size_is_at_least_what_was_asked_for),
        WITH_HEAP(realloc_keeps_what_fits),
        WITH_HEAP(realloc_without_memory_changes_nothing),
        WITH_HEAP(a_block_becomes_smaller_even_without_memory),
        WITH_HEAP(typed_allocation_has_the_alignment_of_its_type),
        WITH_HEAP(an_array_that_wraps_is_refused),
        WITH_HEAP(a_scoped_block_is_freed_on_every_way_out),
        WITH_HEAP(random_traces_keep_the_invariants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
