/* SPDX-License-Identifier: MIT */
/*
 * The heap works on real memory that a fixture mapper "maps": the range is reserved without access rights, and a page
 * becomes usable when its translation is flushed while the tables show it. So a heap that touches a page too early or
 * too late faults.
 */
#include "memory_fixture.h"

#include "cpu_double.h"

#include <sys/mman.h>
#include <tenorite/mm/heap.h>

enum { RANGE_BYTES = 64 << 20, BLOG_OS_HEAP_BYTES = 100 * 1024 };

static struct heap heap;
static char *range_start;     /* a multiple of RANGE_BYTES, so that every run needs the same tables */
static uint64_t frames_given; /* to the heap: those it has, its tables and those that are free */

static void follow_tables(virt_addr address)
{
    bool is_mapped = translate(&fixture_mapper, address).error == MAP_OK;
    int rights = is_mapped ? PROT_READ | PROT_WRITE : PROT_NONE;
    assert_int_equal(mprotect(virt_addr_to_pointer(address), 4096, rights), 0);
}

static struct virtual_range range(uint64_t offset, uint64_t length)
{
    return (struct virtual_range){virt_addr_from_pointer(range_start + offset), length};
}

static void reset(uint64_t frames, uint64_t length)
{
    if (range_start == NULL) {
        void *reserved = mmap(NULL, 2 * RANGE_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        assert_ptr_not_equal(reserved, MAP_FAILED);
        range_start = (char *)reserved + (-(uintptr_t)reserved & (RANGE_BYTES - 1));
    }
    void *emptied =
        mmap(range_start, RANGE_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    assert_ptr_equal(emptied, range_start);
    cpu_double_reset();
    fixture_reset(frames);
    frames_given = frames;
    paging_double.on_page_flush = follow_tables;
    assert_int_equal(heap_init(&heap, &fixture_mapper, &fixture_frames, range(0, length)), HEAP_OK);
}

/* Leaves `left` free frames to the heap. */
static void drain(uint64_t left)
{
    frames_given -= fixture_free_frames() - left;
    fixture_drain(left);
}

static int setup(void **state)
{
    (void)state;
    reset(FIXTURE_FRAMES - 2, RANGE_BYTES);
    return 0;
}

static void expect_sound(void)
{
    const char *broken = heap_check(&heap);
    if (broken != NULL)
        fail_msg("%s", broken);
    assert_int_equal(frames_given - fixture_free_frames(),
                     heap_statistics(&heap).mapped_bytes / 4096 + fixture_table_count());
}

static int teardown(void **state)
{
    (void)state;
    expect_sound();
    return 0;
}

/* Fills a block so that overlapping ones are noticed when they are freed. */
static void *fill(void *block, size_t bytes, unsigned tag)
{
    assert_non_null(block);
    memset(block, (int)(tag & 0xff), bytes);
    return block;
}

static void expect_filled(const void *block, size_t bytes, unsigned tag)
{
    for (size_t i = 0; i < bytes; i++) {
        if (((const unsigned char *)block)[i] != (tag & 0xff))
            fail_msg("byte %zu of %p was overwritten", i, block);
    }
}

static void simple_allocation(void **state)
{
    (void)state;
    int *left = heap_alloc(&heap, sizeof *left);
    int *right = heap_alloc(&heap, sizeof *right);
    *left = 41;
    *right = 13;
    assert_int_equal(*left, 41);
    assert_int_equal(*right, 13);
    heap_free(&heap, left);
    heap_free(&heap, right);
}

static void large_vec(void **state)
{
    uint64_t *values = NULL;
    uint64_t sum = 0;
    size_t capacity = 0;
    (void)state;
    for (size_t count = 0; count < 1000; count++) {
        if (count == capacity) {
            uint64_t *moved = heap_alloc(&heap, (capacity * 2 + 4) * sizeof *values);
            assert_non_null(moved);
            if (values != NULL)
                memcpy(moved, values, count * sizeof *values);
            heap_free(&heap, values);
            values = moved;
            capacity = capacity * 2 + 4;
        }
        values[count] = count;
    }
    for (size_t i = 0; i < 1000; i++)
        sum += values[i];
    assert_int_equal(sum, 1000 * 999 / 2);
    heap_free(&heap, values);
}

static void many_boxes(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < BLOG_OS_HEAP_BYTES; i++) {
        uint64_t *box = heap_alloc(&heap, sizeof *box);
        *box = i;
        assert_int_equal(*box, i);
        heap_free(&heap, box);
    }
    assert_in_range(heap_statistics(&heap).mapped_bytes, 4096, BLOG_OS_HEAP_BYTES);
}

static void many_boxes_long_lived(void **state)
{
    (void)state;
    uint64_t *long_lived = heap_alloc(&heap, sizeof *long_lived);
    *long_lived = 1;
    many_boxes(state);
    assert_int_equal(*long_lived, 1);
    heap_free(&heap, long_lived);
}

static void nothing_is_mapped_before_it_is_needed(void **state)
{
    (void)state;
    assert_int_equal(heap_statistics(&heap).mapped_bytes, 0);
    assert_int_equal(fixture_free_frames(), FIXTURE_FRAMES - 2);
    heap_free(&heap, heap_alloc(&heap, 1));
    assert_int_equal(heap_statistics(&heap).mapped_bytes, 17 * 4096);
}

static void every_size_and_alignment_is_kept(void **state)
{
    void *blocks[14];
    (void)state;
    for (size_t size = 0; size < 9000; size += size < 200 ? 1 : 97) {
        for (unsigned power = 0; power < 14; power++) {
            blocks[power] = heap_aligned_alloc(&heap, (size_t)1 << power, size);
            fill(blocks[power], size, power);
            assert_int_equal((uintptr_t)blocks[power] % (1u << power), 0);
            assert_int_equal((uintptr_t)blocks[power] % 16, 0);
        }
        for (unsigned power = 0; power < 14; power++) {
            expect_filled(blocks[power], size, power);
            heap_free(&heap, blocks[power]);
        }
    }
    assert_int_equal(heap_statistics(&heap).used_bytes, 0);
    assert_int_equal(heap_statistics(&heap).allocation_count, 0);
}

static void size_0_gives_a_block_of_its_own(void **state)
{
    (void)state;
    void *first = heap_alloc(&heap, 0);
    void *second = heap_alloc(&heap, 0);
    assert_non_null(first);
    assert_ptr_not_equal(first, second);
    heap_free(&heap, first);
    heap_free(&heap, second);
    heap_free(&heap, NULL);
}

static void impossible_sizes_give_null(void **state)
{
    volatile size_t sizes[] = {SIZE_MAX, SIZE_MAX - 15, SIZE_MAX / 2, RANGE_BYTES, RANGE_BYTES + 1, (size_t)1 << 45};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        assert_null(heap_alloc(&heap, sizes[i]));
    volatile size_t largest_alignment = (size_t)1 << 63;
    assert_null(heap_aligned_alloc(&heap, largest_alignment, 1));
    assert_null(heap_aligned_alloc(&heap, RANGE_BYTES, 1));
    assert_null(heap_aligned_alloc(&heap, 4096, sizes[0]));
    simple_allocation(state);
}

static void an_alignment_that_is_none_panics(void **state)
{
    volatile size_t alignments[] = {0, 3, 48, SIZE_MAX};
    (void)state;
    for (volatile size_t i = 0; i < COUNT_OF(alignments); i++)
        EXPECT_PANIC("is not a power of two", (void)!heap_aligned_alloc(&heap, alignments[i], 8));
}

static void wrong_frees_panic(void **state)
{
    (void)state;
    char *small = heap_alloc(&heap, 64);
    char *other = heap_alloc(&heap, 64);
    char *large = heap_alloc(&heap, 3 * 4096);
    char foreign;
    EXPECT_PANIC("lies inside a block of 64 bytes", heap_free(&heap, small + 16));
    EXPECT_PANIC("lies inside a block of 3 pages", heap_free(&heap, large + 16));
    EXPECT_PANIC("its page is inside a run", heap_free(&heap, large + 4096));
    EXPECT_PANIC("is foreign", heap_free(&heap, &foreign));
    EXPECT_PANIC("is foreign", heap_free(&heap, range_start));
    EXPECT_PANIC("is foreign", heap_free(&heap, range_start + RANGE_BYTES - 16));
    heap_free(&heap, small);
    EXPECT_PANIC("(64 bytes) is freed twice", heap_free(&heap, small));
    assert_ptr_equal(heap_alloc(&heap, 64), small);
    heap_free(&heap, small); /* somebody else's by now: the limit of what is noticed */
    heap_free(&heap, other);
    EXPECT_PANIC("its page is", heap_free(&heap, other));
    heap_free(&heap, large);
    EXPECT_PANIC("its page is", heap_free(&heap, large));
    assert_int_equal(heap_statistics(&heap).allocation_count, 0);
}

static void interrupt_handlers_may_not_call_it(void **state)
{
    (void)state;
    void *block = heap_alloc(&heap, 8);
    cpu_double_is_in_handler = true;
    EXPECT_PANIC("interrupt handler", (void)!heap_alloc(&heap, 8));
    EXPECT_PANIC("interrupt handler", heap_free(&heap, block));
    cpu_double_reset();
    heap_free(&heap, block);
}

/* CVE-2022-36086, case 1: a heap in a range that cannot hold its own bookkeeping. */
static void a_range_that_is_too_small_is_refused(void **state)
{
    static const uint64_t lengths[] = {0, 1, 8, 16, 23, 4095, 4096, 8191};
    struct heap small;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(lengths); i++)
        assert_int_equal(heap_init(&small, &fixture_mapper, &fixture_frames, range(0, lengths[i])),
                         HEAP_RANGE_TOO_SMALL);
    assert_int_equal(
        heap_init(&small, &fixture_mapper, &fixture_frames, (struct virtual_range){{0xfffffffffffff000}, 0x2000}),
        HEAP_RANGE_TOO_SMALL);
    assert_int_equal(heap_init(&small, &fixture_mapper, &fixture_frames, range(8, 1 << 20)), HEAP_RANGE_MISALIGNED);
}

/* Case 2: a range extended by less than a block; here one with a rest that is no page. */
static void a_rest_of_the_range_is_never_used(void **state)
{
    (void)state;
    reset(FIXTURE_FRAMES - 2, 3 * 4096 + 4095);
    assert_int_equal(heap_statistics(&heap).limit_bytes, 2 * 4096);
    fill(heap_alloc(&heap, 2 * 4096), 2 * 4096, 1);
    assert_null(heap_alloc(&heap, 1));
}

/* Case 3: an empty heap is extended. The smallest heap there is grows from nothing. */
static void the_smallest_heap_works(void **state)
{
    (void)state;
    reset(FIXTURE_FRAMES - 2, 2 * 4096);
    for (unsigned i = 0; i < 3; i++) {
        void *block = fill(heap_alloc(&heap, 4096), 4096, i);
        assert_null(heap_alloc(&heap, 1));
        heap_free(&heap, block);
    }
}

/* Case 4: sizes that are no multiple of a pointer's give aligned blocks that do not overlap. */
static void odd_sizes_do_not_misalign_what_follows(void **state)
{
    void *blocks[64];
    (void)state;
    for (unsigned i = 0; i < 64; i++)
        blocks[i] = fill(heap_alloc(&heap, 2 * i + 1), 2 * i + 1, i);
    for (unsigned i = 0; i < 64; i++) {
        assert_int_equal((uintptr_t)blocks[i] % 16, 0);
        expect_filled(blocks[i], 2 * i + 1, i);
        heap_free(&heap, blocks[i]);
    }
}

static void freed_pages_are_used_again_and_join(void **state)
{
    enum { BLOCKS = 60 };
    char *blocks[BLOCKS];
    (void)state;
    reset(FIXTURE_FRAMES - 2, 61 * 4096);
    assert_int_equal(heap_statistics(&heap).limit_bytes, BLOCKS * 4096);
    for (unsigned order = 0; order < 4; order++) {
        for (unsigned i = 0; i < BLOCKS; i++)
            blocks[i] = fill(heap_alloc(&heap, 4096), 4096, i);
        assert_null(heap_alloc(&heap, 1));
        for (unsigned i = 0; i < BLOCKS; i++) {
            unsigned forward = order % 2 == 0 ? i : BLOCKS - 1 - i;
            unsigned chosen = order < 2 ? forward : forward * 2 % BLOCKS + forward * 2 / BLOCKS;
            heap_free(&heap, blocks[chosen]);
            expect_sound();
        }
        void *all = heap_alloc(&heap, BLOCKS * 4096);
        heap_free(&heap, fill(all, BLOCKS * 4096, order));
    }
}

/* Fails each frame in turn: the heap answers NULL, stays sound, keeps what it holds, and loses no frame. */
static void out_of_frames_at_any_point_leaves_the_heap_usable(void **state)
{
    (void)state;
    for (uint64_t left = 0; left < 60; left++) {
        reset(FIXTURE_FRAMES - 2, RANGE_BYTES);
        drain(left);
        void *small = heap_alloc(&heap, 100);
        expect_sound();
        void *large = heap_alloc(&heap, 20 * 4096);
        expect_sound();
        if (small != NULL)
            fill(small, 100, 1);
        if (large != NULL)
            fill(large, 20 * 4096, 2);
        assert_int_equal(small != NULL, left >= 5);
        if (left >= 45)
            assert_non_null(large);
        if (small != NULL)
            expect_filled(small, 100, 1);
        heap_free(&heap, large);
        heap_free(&heap, small);
        expect_sound();
    }
}

static void a_request_that_frames_are_missing_for_takes_none(void **state)
{
    (void)state;
    heap_free(&heap, heap_alloc(&heap, 1));
    drain(300);
    assert_null(heap_alloc(&heap, 400 * 4096));
    assert_int_equal(fixture_free_frames(), 300);
    assert_null(heap_alloc(&heap, 316 * 4096));
    assert_int_equal(fixture_free_frames(), 300);
    heap_free(&heap, fill(heap_alloc(&heap, 200 * 4096), 200 * 4096, 7));
}

/* Where a new table is needed in the middle of a run and no frame is left for it. */
static void growth_that_fails_half_way_is_undone(void **state)
{
    unsigned failures = 0;
    (void)state;
    for (uint64_t spare = 0; spare < 4; spare++) {
        reset(FIXTURE_FRAMES - 2, RANGE_BYTES);
        heap_free(&heap, heap_alloc(&heap, 1));
        uint64_t end = (uint64_t)(uintptr_t)heap.pages + heap.page_count * 4096ull;
        uint64_t until_table = (0x200000 - end % 0x200000) / 4096;
        uint64_t wanted = heap.page_count + until_table + 20;
        uint64_t descriptors = (wanted * 48 + 4095) / 4096 - 1;
        uint64_t left = until_table + 20 + descriptors + spare;
        drain(left);
        void *block = heap_alloc(&heap, wanted * 4096);
        failures += block == NULL ? 1 : 0;
        uint64_t mapped = block == NULL ? descriptors : until_table + 20 + descriptors;
        assert_int_equal(left - fixture_free_frames(), mapped + 1);
        heap_free(&heap, block);
        heap_free(&heap, fill(heap_alloc(&heap, 30 * 4096), 30 * 4096, 1));
        expect_sound();
    }
    assert_int_equal(failures, 1);
}

static void a_fitting_run_is_found_behind_many_that_are_too_short(void **state)
{
    char *runs[12];
    char *walls[12];
    (void)state;
    for (unsigned i = 0; i < 12; i++) {
        runs[i] = heap_alloc(&heap, (i == 0 ? 7 : 5) * 4096);
        walls[i] = heap_alloc(&heap, 4096);
    }
    for (unsigned i = 0; i < 12; i++)
        heap_free(&heap, runs[i]);
    drain(0);
    while (heap_alloc(&heap, 8 * 4096) != NULL)
        continue;
    assert_ptr_equal(heap_alloc(&heap, 7 * 4096), runs[0]);
    expect_sound();
    for (unsigned i = 0; i < 12; i++)
        heap_free(&heap, walls[i]);
}

static uint64_t random_next(uint64_t *seed)
{
    *seed ^= *seed << 13, *seed ^= *seed >> 7, *seed ^= *seed << 17;
    return *seed;
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
    reset(600, RANGE_BYTES);
    memset(blocks, 0, sizeof blocks);
    print_message("seed %#llx\n", (unsigned long long)seed);
    for (unsigned i = 0; i < OPERATIONS; i++) {
        unsigned at = random_next(&seed) % BLOCKS;
        if (blocks[at].start != NULL) {
            expect_filled(blocks[at].start, blocks[at].bytes, blocks[at].tag);
            heap_free(&heap, blocks[at].start);
            blocks[at].start = NULL;
            count--;
        } else {
            size_t bytes = random_next(&seed) % ((size_t)1 << random_next(&seed) % 17);
            size_t alignment = (size_t)1 << random_next(&seed) % (random_next(&seed) % 8 == 0 ? 15 : 6);
            char *block = heap_aligned_alloc(&heap, alignment, bytes);
            assert_int_equal((uintptr_t)block % alignment, 0);
            blocks[at].start = block;
            blocks[at].bytes = bytes;
            blocks[at].tag = i;
            if (block != NULL)
                fill(block, bytes, i);
            count += block != NULL ? 1 : 0;
        }
        assert_int_equal(heap_statistics(&heap).allocation_count, count);
        if (i % 16 == 0)
            expect_sound();
    }
    for (unsigned i = 0; i < BLOCKS; i++)
        heap_free(&heap, blocks[i].start);
    assert_int_equal(heap_statistics(&heap).used_bytes, 0);
}

static void check_names_the_invariant_that_is_broken(void **state)
{
    (void)state;
    void *block = heap_alloc(&heap, 64);
    heap.used_bytes++;
    assert_string_equal(heap_check(&heap), "H5: the statistics do not add up");
    heap.used_bytes--;
    heap.run_lists_used ^= 1;
    assert_string_equal(heap_check(&heap), "H3: a list of free runs is damaged");
    heap.run_lists_used ^= 1;
    assert_null(heap_check(&heap));
    heap_free(&heap, block);
}

#define WITH_HEAP(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HEAP(simple_allocation),
        WITH_HEAP(large_vec),
        WITH_HEAP(many_boxes),
        WITH_HEAP(many_boxes_long_lived),
        WITH_HEAP(nothing_is_mapped_before_it_is_needed),
        WITH_HEAP(every_size_and_alignment_is_kept),
        WITH_HEAP(size_0_gives_a_block_of_its_own),
        WITH_HEAP(impossible_sizes_give_null),
        WITH_HEAP(an_alignment_that_is_none_panics),
        WITH_HEAP(wrong_frees_panic),
        WITH_HEAP(interrupt_handlers_may_not_call_it),
        WITH_HEAP(a_range_that_is_too_small_is_refused),
        WITH_HEAP(a_rest_of_the_range_is_never_used),
        WITH_HEAP(the_smallest_heap_works),
        WITH_HEAP(odd_sizes_do_not_misalign_what_follows),
        WITH_HEAP(freed_pages_are_used_again_and_join),
        WITH_HEAP(out_of_frames_at_any_point_leaves_the_heap_usable),
        WITH_HEAP(a_request_that_frames_are_missing_for_takes_none),
        WITH_HEAP(growth_that_fails_half_way_is_undone),
        WITH_HEAP(a_fitting_run_is_found_behind_many_that_are_too_short),
        WITH_HEAP(random_traces_keep_the_invariants),
        WITH_HEAP(check_names_the_invariant_that_is_broken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
