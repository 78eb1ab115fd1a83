/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/mm/kernel_memory.h>

#include "kernel_test.h"

/* The heap tests of blog_os, and what the frames say about them. */
enum { BOXES = 102400 };

static struct kernel_memory memory;

static void check_heap(void)
{
    const char *broken = heap_check(&memory.heap);
    CHECK(!broken, "%s", broken);
}

static void simple_allocation(void)
{
    uint64_t *first = heap_alloc(&memory.heap, sizeof *first), *second = heap_alloc(&memory.heap, sizeof *second);
    CHECK(first && second && first != second, "%p and %p", (void *)first, (void *)second);
    *first = 41;
    *second = 13;
    CHECK(*first == 41 && *second == 13, "%llu, %llu", (unsigned long long)*first, (unsigned long long)*second);
    heap_free(&memory.heap, first);
    heap_free(&memory.heap, second);
    check_heap();
}

static void large_vector(void)
{
    enum { COUNT = 1000 };
    uint64_t *numbers = NULL, sum = 0;
    for (size_t capacity = 4; capacity < 2 * COUNT; capacity *= 2) {
        uint64_t *grown = heap_alloc(&memory.heap, capacity * sizeof *grown);
        CHECK(grown, "no memory for %zu numbers", capacity);
        for (size_t i = 0; i < capacity && i < COUNT; i++)
            grown[i] = i < capacity / 2 && numbers ? numbers[i] : i;
        heap_free(&memory.heap, numbers);
        numbers = grown;
    }
    for (size_t i = 0; i < COUNT; i++)
        sum += numbers[i];
    CHECK(sum == (uint64_t)COUNT * (COUNT - 1) / 2, "sum %llu", (unsigned long long)sum);
    heap_free(&memory.heap, numbers);
    check_heap();
}

static void allocate_many_boxes(void)
{
    for (size_t i = 0; i < BOXES; i++) {
        uint64_t *box = heap_alloc(&memory.heap, sizeof *box);
        if (!box) {
            CHECK(box, "box %zu", i);
            return;
        }
        *box = i;
        CHECK(*box == i, "box %zu holds %llu", i, (unsigned long long)*box);
        heap_free(&memory.heap, box);
    }
}

static void many_boxes(void)
{
    uint64_t mapped = heap_statistics(&memory.heap).mapped_bytes;
    allocate_many_boxes();
    CHECK(heap_statistics(&memory.heap).mapped_bytes == mapped, "the heap grew to %llu bytes",
          (unsigned long long)heap_statistics(&memory.heap).mapped_bytes);
}

static void many_boxes_long_lived(void)
{
    uint64_t *long_lived = heap_alloc(&memory.heap, sizeof *long_lived);
    *long_lived = 1;
    many_boxes();
    CHECK(*long_lived == 1, "it became %llu", (unsigned long long)*long_lived);
    heap_free(&memory.heap, long_lived);
    check_heap();
}

static void heap_grows_by_mapping_frames(void)
{
    enum { BYTES = 1 << 20 };
    uint64_t free_before = frames_statistics(&memory.frames).free_count;
    uint64_t mapped_before = heap_statistics(&memory.heap).mapped_bytes;
    char *block = heap_alloc(&memory.heap, BYTES);
    CHECK(block, "no memory for %d bytes", BYTES);
    for (size_t i = 0; block && i < BYTES; i += PAGE_4K_BYTES)
        block[i] = (char)i;
    uint64_t taken = free_before - frames_statistics(&memory.frames).free_count;
    uint64_t mapped = heap_statistics(&memory.heap).mapped_bytes - mapped_before;
    CHECK(mapped > BYTES / 2 && taken * PAGE_4K_BYTES >= mapped, "%llu bytes mapped, %llu frames taken",
          (unsigned long long)mapped, (unsigned long long)taken);
    heap_free(&memory.heap, block);
    check_heap();
}

static void frames_go_back_after_a_peak(void)
{
    enum { BLOCKS = 2000, BYTES = 500 };
    static void *blocks[BLOCKS];
    heap_trim(&memory.heap);
    uint64_t free_before = frames_statistics(&memory.frames).free_count;
    for (size_t i = 0; i < BLOCKS; i++)
        blocks[i] = heap_alloc(&memory.heap, BYTES);
    uint64_t taken = free_before - frames_statistics(&memory.frames).free_count;
    CHECK(taken * PAGE_4K_BYTES >= BLOCKS * BYTES, "%llu frames", (unsigned long long)taken);
    for (size_t i = 0; i < BLOCKS; i++)
        heap_free(&memory.heap, blocks[i]);
    uint64_t kept = free_before - frames_statistics(&memory.frames).free_count;
    CHECK(kept * 4 < taken, "%llu of %llu frames are still gone", (unsigned long long)kept,
          (unsigned long long)taken);
    heap_trim(&memory.heap);
    kept = free_before - frames_statistics(&memory.frames).free_count;
    CHECK(kept < 8, "%llu frames are gone", (unsigned long long)kept); /* tables, descriptors */
    check_heap();
}

static void exhaustion_is_null_and_leaves_the_heap_usable(void)
{
    char *huge = heap_alloc(&memory.heap, 1ull << 30);
    CHECK(!huge, "a gibibyte from a small machine");
    volatile size_t everything = SIZE_MAX; /* a constant would not compile */
    CHECK(!heap_alloc(&memory.heap, everything), "SIZE_MAX bytes");
    void *small = heap_alloc(&memory.heap, 100);
    CHECK(small, "nothing left afterwards");
    heap_free(&memory.heap, small);
    check_heap();
}

void kernel_main(const struct boot_info *boot_info)
{
    static const struct kernel_test tests[] = {
        KERNEL_TEST(simple_allocation),
        KERNEL_TEST(large_vector),
        KERNEL_TEST(many_boxes),
        KERNEL_TEST(many_boxes_long_lived),
        KERNEL_TEST(heap_grows_by_mapping_frames),
        KERNEL_TEST(frames_go_back_after_a_peak),
        KERNEL_TEST(exhaustion_is_null_and_leaves_the_heap_usable),
    };
    enum kernel_memory_error error = kernel_memory_init(&memory, boot_info);
    ASSERT(error == KERNEL_MEMORY_OK, "%s", kernel_memory_error_text(error));
    kernel_test_run(tests, COUNT_OF(tests));
}
