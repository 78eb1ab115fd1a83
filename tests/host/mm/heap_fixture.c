/* SPDX-License-Identifier: MIT */
#include "heap_fixture.h"

#include <sys/mman.h>

struct heap fixture_heap;
char *heap_fixture_start;

static uint64_t frames_given; /* to the heap: those it has, its tables and those that are free */

static void follow_tables(virt_addr address)
{
    bool is_mapped = translate(&fixture_mapper, address).error == MAP_OK;
    int rights = is_mapped ? PROT_READ | PROT_WRITE : PROT_NONE;
    assert_int_equal(mprotect(virt_addr_to_pointer(address), 4096, rights), 0);
}

struct virtual_range heap_fixture_range(uint64_t offset, uint64_t length)
{
    return (struct virtual_range){virt_addr_from_pointer(heap_fixture_start + offset), length};
}

void heap_fixture_reset(uint64_t frames, uint64_t length)
{
    enum { FLAGS = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE };
    if (heap_fixture_start == NULL) {
        void *reserved = mmap(NULL, 2 * HEAP_RANGE_BYTES, PROT_NONE, FLAGS, -1, 0);
        assert_ptr_not_equal(reserved, MAP_FAILED);
        heap_fixture_start = (char *)reserved + (-(uintptr_t)reserved & (HEAP_RANGE_BYTES - 1));
    }
    void *emptied = mmap(heap_fixture_start, HEAP_RANGE_BYTES, PROT_NONE, FLAGS | MAP_FIXED, -1, 0);
    assert_ptr_equal(emptied, heap_fixture_start);
    cpu_double_reset();
    fixture_reset(frames);
    frames_given = frames;
    paging_double.on_page_flush = follow_tables;
    assert_int_equal(heap_init(&fixture_heap, &fixture_mapper, &fixture_frames, heap_fixture_range(0, length)),
                     HEAP_OK);
}

void heap_fixture_drain(uint64_t left)
{
    frames_given -= fixture_free_frames() - left;
    fixture_drain(left);
}

void heap_fixture_expect_sound(void)
{
    const char *broken = heap_check(&fixture_heap);
    if (broken != NULL)
        fail_msg("%s", broken);
    assert_int_equal(frames_given - fixture_free_frames(),
                     heap_statistics(&fixture_heap).mapped_bytes / 4096 + fixture_table_count());
}

int heap_fixture_setup(void **state)
{
    (void)state;
    heap_fixture_reset(FIXTURE_FRAMES - 2, HEAP_RANGE_BYTES);
    return 0;
}

int heap_fixture_teardown(void **state)
{
    (void)state;
    heap_fixture_expect_sound();
    return 0;
}

void *heap_fixture_fill(void *block, size_t bytes, unsigned tag)
{
    assert_non_null(block);
    memset(block, (int)(tag & 0xff), bytes);
    return block;
}

void heap_fixture_expect_filled(const void *block, size_t bytes, unsigned tag)
{
    for (size_t i = 0; i < bytes; i++) {
        if (((const unsigned char *)block)[i] != (tag & 0xff))
            fail_msg("byte %zu of %p was overwritten", i, block);
    }
}

uint64_t heap_fixture_random(uint64_t *seed)
{
    *seed ^= *seed << 13, *seed ^= *seed >> 7, *seed ^= *seed << 17;
    return *seed;
}
