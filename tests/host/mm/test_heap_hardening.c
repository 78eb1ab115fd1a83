/* SPDX-License-Identifier: MIT */
/* What callers do wrong, and what the heap says to it; and the advisories against a heap that is much used elsewhere. */
#include "heap_fixture.h"

#include <stdio.h>

static void an_alignment_that_is_none_panics(void **state)
{
    volatile size_t alignments[] = {0, 3, 48, SIZE_MAX};
    (void)state;
    for (volatile size_t i = 0; i < COUNT_OF(alignments); i++)
        EXPECT_PANIC("is not a power of two", (void)!heap_aligned_alloc(&fixture_heap, alignments[i], 8));
}

static void pointers_that_begin_no_block_panic(void **state)
{
    (void)state;
    char *small = heap_alloc(&fixture_heap, 64);
    char *large = heap_alloc(&fixture_heap, 7 * 4096);
    char on_the_stack;
    void *volatile foreign[] = {&on_the_stack, heap_fixture_start, heap_fixture_start + HEAP_RANGE_BYTES - 16,
                                (void *)UINTPTR_MAX};
    EXPECT_PANIC("lies inside a block of ", heap_free(&fixture_heap, small + 16));
    EXPECT_PANIC("lies inside a block of ", heap_free(&fixture_heap, small + 1));
    EXPECT_PANIC("lies inside a block of ", heap_free(&fixture_heap, large + 16));
    EXPECT_PANIC("lies inside a block of ", heap_free(&fixture_heap, large + 4096));
    EXPECT_PANIC(TENORITE_DEBUG ? "lies inside a block of " : "is not where a block begins",
                 heap_free(&fixture_heap, large + 5 * 4096));
    for (volatile size_t i = 0; i < COUNT_OF(foreign); i++)
        EXPECT_PANIC("is foreign: the heap is at ", heap_free(&fixture_heap, foreign[i]));
    EXPECT_PANIC("lies inside", (void)heap_usable_size(&fixture_heap, small + 16));
    EXPECT_PANIC("lies inside", (void)!heap_realloc(&fixture_heap, small + 16, 100));
    heap_fixture_expect_sound();
    heap_free(&fixture_heap, small);
    heap_free(&fixture_heap, large);
}

static void a_small_block_freed_twice_panics(void **state)
{
    (void)state;
    char *block = heap_alloc(&fixture_heap, 64);
    char *other = heap_alloc(&fixture_heap, 64);
    heap_free(&fixture_heap, block);
    if (TENORITE_DEBUG)
        EXPECT_PANIC("is freed twice: at ", heap_free(&fixture_heap, block));
    else
        EXPECT_PANIC("(64 bytes) is freed twice", heap_free(&fixture_heap, block));
    if (TENORITE_DEBUG)
        EXPECT_PANIC("is freed twice", (void)heap_usable_size(&fixture_heap, block));
    else
        EXPECT_PANIC("(64 bytes) is not allocated", (void)heap_usable_size(&fixture_heap, block));
    heap_fixture_expect_sound();
    heap_free(&fixture_heap, other);
}

static void a_large_block_freed_twice_panics(void **state)
{
    (void)state;
    char *block = heap_alloc(&fixture_heap, 7 * 4096);
    char *behind = heap_alloc(&fixture_heap, 20000);
    heap_free(&fixture_heap, block);
    EXPECT_PANIC("is not allocated: it was freed, or never was", heap_free(&fixture_heap, block));
    EXPECT_PANIC("is not", (void)heap_usable_size(&fixture_heap, block));
    heap_free(&fixture_heap, behind);
    EXPECT_PANIC("is", heap_free(&fixture_heap, behind));
}

static void a_block_freed_twice_after_its_slab_is_gone_panics(void **state)
{
    (void)state;
    char *block = heap_alloc(&fixture_heap, 64);
    char *behind = heap_alloc(&fixture_heap, 40000);
    heap_free(&fixture_heap, block);
    heap_trim(&fixture_heap);
    EXPECT_PANIC("is not allocated", heap_free(&fixture_heap, block));
    heap_free(&fixture_heap, behind);
}

static void interrupt_handlers_may_not_call_it(void **state)
{
    (void)state;
    void *block = heap_alloc(&fixture_heap, 8000);
    cpu_double_is_in_handler = true;
    EXPECT_PANIC("allocation of ", (void)!heap_alloc(&fixture_heap, 8000));
    EXPECT_PANIC("in an interrupt handler", (void)!heap_alloc(&fixture_heap, 200)); /* no slab of that class yet */
    EXPECT_PANIC("in an interrupt handler", (void)!heap_aligned_alloc(&fixture_heap, 64, 64)); /* nor of this one */
    EXPECT_PANIC("freed in an interrupt handler", heap_free(&fixture_heap, block));
    cpu_double_reset();
    heap_free(&fixture_heap, block);
}

/* CVE-2022-36086, 1: a heap in a range that cannot hold its own bookkeeping. */
static void a_range_that_is_too_small_is_refused(void **state)
{
    static const uint64_t lengths[] = {0, 1, 8, 16, 23, 4095, 4096, 16383, 16384, 16384 + 4096, 32767};
    struct heap small;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(lengths); i++)
        assert_int_equal(heap_init(&small, &fixture_mapper, &fixture_frames, heap_fixture_range(0, lengths[i])),
                         HEAP_RANGE_TOO_SMALL);
    struct virtual_range wrapping = {{0xfffffffffffff000}, 0x10000};
    assert_int_equal(heap_init(&small, &fixture_mapper, &fixture_frames, wrapping), HEAP_RANGE_TOO_SMALL);
    assert_int_equal(heap_init(&small, &fixture_mapper, &fixture_frames, heap_fixture_range(8, 1 << 20)),
                     HEAP_RANGE_MISALIGNED);
}

/* 2: a range extended by less than a block; here one with a rest that is no block. */
static void a_rest_of_the_range_is_never_used(void **state)
{
    (void)state;
    heap_fixture_reset(FIXTURE_FRAMES - 2, 3 * 16384 + 16383);
    assert_int_equal(heap_statistics(&fixture_heap).limit_bytes, 2 * 16384);
    heap_fixture_fill(heap_alloc(&fixture_heap, 2 * 16384 - 64), 2 * 16384 - 64, 1);
    assert_null(heap_alloc(&fixture_heap, 1));
}

/* 3: an empty heap is extended. The smallest heap there is grows from nothing. */
static void the_smallest_heap_works(void **state)
{
    (void)state;
    heap_fixture_reset(FIXTURE_FRAMES - 2, 2 * 16384);
    for (unsigned i = 0; i < 3; i++) {
        void *block = heap_fixture_fill(heap_alloc(&fixture_heap, 16000), 16000, i);
        assert_null(heap_alloc(&fixture_heap, 1));
        heap_free(&fixture_heap, block);
        heap_free(&fixture_heap, heap_fixture_fill(heap_alloc(&fixture_heap, 40), 40, i));
    }
}

/* 4: sizes that are no multiple of a pointer's give aligned blocks that do not overlap. */
static void odd_sizes_do_not_misalign_what_follows(void **state)
{
    void *blocks[64];
    (void)state;
    for (unsigned i = 0; i < 64; i++)
        blocks[i] = heap_fixture_fill(heap_alloc(&fixture_heap, 2 * i + 1), 2 * i + 1, i);
    for (unsigned i = 0; i < 64; i++) {
        assert_int_equal((uintptr_t)blocks[i] % 16, 0);
        heap_fixture_expect_filled(blocks[i], 2 * i + 1, i);
        heap_free(&fixture_heap, blocks[i]);
    }
}

/* A write past the end, of one byte, whatever the block's size. */
static void a_byte_past_the_end_is_reported_at_free(void **state)
{
    static const size_t sizes[] = {0, 1, 15, 16, 64, 100, 4000, 5000, 9000, 100000};
    (void)state;
    for (volatile size_t i = 0; i < COUNT_OF(sizes); i++) {
        volatile char *volatile block = heap_alloc(&fixture_heap, sizes[i]);
        char *volatile end = (char *)block + sizes[i];
        char before = *end;
        *end = 1;
        assert_string_equal(heap_check(&fixture_heap), "D1: a block was written to past its end");
        EXPECT_PANIC("D1: a block was written to past its end: it is at ", heap_free(&fixture_heap, (void *)block));
        *end = before;
        heap_free(&fixture_heap, (void *)block);
    }
}

static void a_byte_below_the_start_is_reported_at_free(void **state)
{
    static const size_t alignments[] = {16, 32, 64, 4096};
    (void)state;
    for (volatile size_t i = 0; i < COUNT_OF(alignments); i++) {
        char *volatile block = heap_aligned_alloc(&fixture_heap, alignments[i], 40);
        char before = block[-1];
        block[-1] ^= 0x55;
        assert_non_null(heap_check(&fixture_heap));
        EXPECT_PANIC("D1: a block", heap_free(&fixture_heap, block));
        block[-1] = before;
        heap_free(&fixture_heap, block);
    }
}

static void a_write_after_free_is_reported_when_the_block_leaves_the_quarantine(void **state)
{
    (void)state;
    char *volatile block = heap_alloc(&fixture_heap, 100);
    heap_free(&fixture_heap, block);
    block[50] = 1;
    assert_string_equal(heap_check(&fixture_heap), "D2: a block was written to after it was freed");
    EXPECT_PANIC("was written to after it was freed", for (unsigned i = 0; i < 2 * HEAP_QUARANTINE_SLOTS; i++)
                                                          heap_free(&fixture_heap, heap_alloc(&fixture_heap, 8)));
    assert_non_null(strstr(panic_double_message, "(100 bytes, allocated at 0x"));
}

/* Up to 16 KiB a freed block stays mapped, in the reserve in the end, so the quarantine must have had it. */
static void a_write_after_free_of_whole_pages_is_reported(void **state)
{
    static const size_t sizes[] = {3300, 5000, 9000, 12000, 16000};
    (void)state;
    for (volatile size_t i = 0; i < COUNT_OF(sizes); i++) {
        unsigned char *volatile block = heap_alloc(&fixture_heap, sizes[i]);
        unsigned char *volatile last = block + sizes[i] - 1;
        heap_free(&fixture_heap, (void *)block);
        assert_int_equal(*last, 0xdd);
        *last = 1;
        const char *damage = heap_check(&fixture_heap);
        assert_non_null(damage);
        assert_string_equal(damage, "D2: a block was written to after it was freed");
        *last = 0xdd;
    }
}

static void the_quarantine_holds_half_a_mebibyte_at_most(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2 * HEAP_QUARANTINE_SLOTS; i++) {
        heap_free(&fixture_heap, heap_alloc(&fixture_heap, i % 8 == 0 ? 100 : 16000));
        assert_in_range(fixture_heap.quarantine_bytes, 0, 512 * 1024);
        heap_fixture_expect_sound();
    }
    assert_in_range(fixture_heap.quarantine_bytes, 496 * 1024, 512 * 1024);
}

static void memory_is_filled_when_it_is_allocated_and_when_it_is_freed(void **state)
{
    (void)state;
    unsigned char *block = heap_alloc(&fixture_heap, 100);
    heap_fixture_expect_filled(block, 100, 0xaa);
    memset(block, 1, 100);
    unsigned char *volatile freed = block;
    heap_free(&fixture_heap, block);
    heap_fixture_expect_filled(freed, 100, 0xdd);
}

static void freed_memory_is_not_handed_out_soon(void **state)
{
    (void)state;
    void *volatile block = heap_alloc(&fixture_heap, 100);
    heap_free(&fixture_heap, block);
    for (unsigned i = 0; i + 1 < HEAP_QUARANTINE_SLOTS; i++) {
        void *other = heap_alloc(&fixture_heap, 100);
        assert_ptr_not_equal(other, block);
        heap_free(&fixture_heap, other);
    }
}

static NO_INLINE void free_elsewhere(void *block)
{
    heap_free(&fixture_heap, block);
    __asm__ volatile("");
}

/* The three calls return to three places: each is named once. */
static void a_double_free_names_who_allocated_and_who_freed(void **state)
{
    void *allocated_at, *freed_at, *freed_again_at, *pointer;
    unsigned long long size;
    (void)state;
    void *volatile block = heap_alloc(&fixture_heap, 100);
    free_elsewhere(block);
    EXPECT_PANIC("is freed twice", heap_free(&fixture_heap, block));
    assert_int_equal(sscanf(panic_double_message,
                            "%p (%llu bytes, allocated at %p) is freed twice: at %p and now at %p", &pointer, &size,
                            &allocated_at, &freed_at, &freed_again_at),
                     5);
    assert_ptr_equal(pointer, block);
    assert_int_equal(size, 100);
    assert_in_range((uintptr_t)freed_at - (uintptr_t)free_elsewhere, 1, 100);
    assert_in_range((uintptr_t)allocated_at - (uintptr_t)a_double_free_names_who_allocated_and_who_freed, 1, 2000);
    assert_in_range((uintptr_t)freed_again_at - (uintptr_t)allocated_at, 1, 2000);
}

static NO_INLINE void *resize_elsewhere(void *block, size_t size)
{
    void *resized = heap_realloc(&fixture_heap, block, size);
    __asm__ volatile("");
    return resized;
}

/* Where the call of heap_realloc() returns to, not one inside it: for the block it frees and those it makes. */
static void resizing_names_its_caller(void **state)
{
    void *allocated_at[3], *freed_at[3], *blocks[3];
    (void)state;
    blocks[0] = heap_alloc(&fixture_heap, 100);
    blocks[1] = resize_elsewhere(blocks[0], 200);
    blocks[2] = resize_elsewhere(NULL, 300);
    heap_free(&fixture_heap, blocks[1]);
    heap_free(&fixture_heap, blocks[2]);
    for (volatile unsigned i = 0; i < 3; i++) {
        EXPECT_PANIC("is freed twice", heap_free(&fixture_heap, blocks[i]));
        assert_int_equal(sscanf(panic_double_message, "%*p (%*u bytes, allocated at %p) is freed twice: at %p",
                                &allocated_at[i], &freed_at[i]),
                         2);
    }
    assert_in_range((uintptr_t)freed_at[0] - (uintptr_t)resize_elsewhere, 1, 200);
    assert_in_range((uintptr_t)allocated_at[1] - (uintptr_t)resize_elsewhere, 1, 200);
    assert_in_range((uintptr_t)allocated_at[2] - (uintptr_t)resize_elsewhere, 1, 200);
}

int main(void)
{
    const struct CMUnitTest always[] = {
        WITH_HEAP(an_alignment_that_is_none_panics),
        WITH_HEAP(pointers_that_begin_no_block_panic),
        WITH_HEAP(a_small_block_freed_twice_panics),
        WITH_HEAP(a_large_block_freed_twice_panics),
        WITH_HEAP(a_block_freed_twice_after_its_slab_is_gone_panics),
        WITH_HEAP(interrupt_handlers_may_not_call_it),
        WITH_HEAP(a_range_that_is_too_small_is_refused),
        WITH_HEAP(a_rest_of_the_range_is_never_used),
        WITH_HEAP(the_smallest_heap_works),
        WITH_HEAP(odd_sizes_do_not_misalign_what_follows),
    };
    const struct CMUnitTest debug[] = {
        WITH_HEAP(a_byte_past_the_end_is_reported_at_free),
        WITH_HEAP(a_byte_below_the_start_is_reported_at_free),
        cmocka_unit_test_setup(a_write_after_free_is_reported_when_the_block_leaves_the_quarantine,
                               heap_fixture_setup),
        WITH_HEAP(a_write_after_free_of_whole_pages_is_reported),
        WITH_HEAP(the_quarantine_holds_half_a_mebibyte_at_most),
        WITH_HEAP(memory_is_filled_when_it_is_allocated_and_when_it_is_freed),
        WITH_HEAP(freed_memory_is_not_handed_out_soon),
        WITH_HEAP(a_double_free_names_who_allocated_and_who_freed),
        WITH_HEAP(resizing_names_its_caller),
    };
    int failed = cmocka_run_group_tests(always, NULL, NULL);
    return TENORITE_DEBUG ? failed + cmocka_run_group_tests(debug, NULL, NULL) : failed;
}
