/* SPDX-License-Identifier: MIT */
#include "heap_property.h"

#include "heap_machine.h"

#include <inttypes.h>
#include <string.h>

enum {
    MAX_BLOCKS = 32,
    MAX_OPERATIONS = 300,
    MOST_FRAMES = MACHINE_FRAMES - 1,
    PLENTY_BYTES = 64 << 10, /* up to here a block always finds room in the range: see is_null_justified() */
    PLENTY_FRAMES = 24,      /* beside its own, all that a block may need: tables, descriptors, red zones */
};

struct block {
    unsigned char *start; /* NULL: none */
    size_t bytes;         /* asked for */
    size_t usable_bytes;
    unsigned char tag;
};

static struct block blocks[MAX_BLOCKS];
static unsigned char next_tag;

static uint64_t block_count(void)
{
    uint64_t count = 0;
    for (size_t i = 0; i < MAX_BLOCKS; i++)
        count += blocks[i].start != NULL;
    return count;
}

/* Small ones, all classes, pages, runs of pages; and what no heap has. */
static size_t draw_size(struct draws *draws)
{
    static const unsigned weights[] = {6, 6, 3, 1, 1};
    switch (draw_weighted(draws, weights, COUNT_OF(weights))) {
    case 0:
        return draw_between(draws, 0, 256);
    case 1:
        return draw_between(draws, 0, 4200);
    case 2:
        return draw_between(draws, 0, PLENTY_BYTES);
    case 3:
        return draw_between(draws, 0, HEAP_MACHINE_RANGE_BYTES);
    default:
        return SIZE_MAX - draw_between(draws, 0, SIZE_MAX);
    }
}

static size_t draw_alignment(struct draws *draws)
{
    return (size_t)1 << (draw_rarely(draws, 8) ? draw_below(draws, 64) : draw_below(draws, 14));
}

static void expect_content(const struct block *block, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        if (block->start[i] != block->tag)
            property_fail("byte %zu of the block at %p was overwritten", i, (void *)block->start);
    }
}

static void expect_apart(const struct block *block)
{
    for (size_t i = 0; i < MAX_BLOCKS; i++) {
        const struct block *other = &blocks[i];
        if (other != block && other->start != NULL && other->start < block->start + block->usable_bytes &&
            block->start < other->start + other->usable_bytes)
            property_fail("the blocks at %p and %p overlap", (void *)other->start, (void *)block->start);
    }
}

/* Takes over what the heap gave for `bytes` bytes, with its first `kept` bytes filled already. */
static void accept(struct block *block, void *start, size_t bytes, size_t alignment, size_t kept)
{
    size_t usable_bytes = heap_usable_size(&machine_heap, start);
    block->start = start;
    block->bytes = bytes;
    block->usable_bytes = usable_bytes;
    if (usable_bytes < bytes || !heap_machine_is_mapped(start, usable_bytes))
        property_fail("%zu bytes were asked for, %zu are usable, not all are mapped", bytes, usable_bytes);
    if ((uintptr_t)start % alignment != 0)
        property_fail("a block at %p is not aligned to %zu", start, alignment);
    expect_apart(block);
    expect_content(block, kept);
    block->tag = ++next_tag;
    memset(start, block->tag, usable_bytes);
}

/* With at most MAX_BLOCKS blocks of PLENTY_BYTES in use, there is always a gap for another; larger ones come now and
 * then, and nobody knows. */
static bool is_null_justified(size_t bytes, size_t alignment)
{
    uint64_t in_use = 0;
    for (size_t i = 0; i < MAX_BLOCKS; i++)
        in_use += blocks[i].start != NULL ? blocks[i].usable_bytes : 0;
    bool has_gap =
        in_use <= MAX_BLOCKS * (uint64_t)PLENTY_BYTES && bytes <= PLENTY_BYTES && alignment <= PLENTY_BYTES;
    return !has_gap || machine_free_frames() < (bytes + alignment) / PAGE_4K_BYTES + PLENTY_FRAMES;
}

static void expect_null_is_justified(struct draws *draws, size_t bytes, size_t alignment)
{
    property_note(draws, ": NULL\n");
    if (!is_null_justified(bytes, alignment))
        property_fail("no memory for %zu bytes, alignment %zu, with %" PRIu64 " free frames", bytes, alignment,
                      machine_free_frames());
}

static void free_block(struct block *block)
{
    expect_content(block, block->usable_bytes);
    heap_free(&machine_heap, block->start);
    *block = (struct block){};
}

static struct block *draw_block(struct draws *draws)
{
    return &blocks[draw_below(draws, MAX_BLOCKS)];
}

/* One that is allocated, if there is any. */
static struct block *draw_allocated_block(struct draws *draws)
{
    uint64_t count = block_count(), chosen = draw_below(draws, count > 0 ? count : 1);
    for (size_t i = 0; i < MAX_BLOCKS; i++) {
        if (blocks[i].start != NULL && chosen-- == 0)
            return &blocks[i];
    }
    return &blocks[0];
}

static void try_alloc(struct draws *draws)
{
    struct block *block = draw_block(draws);
    size_t bytes = draw_size(draws);
    if (block->start != NULL)
        free_block(block);
    property_note(draws, "  block %td: alloc %#zx", block - blocks, bytes);
    void *start = heap_alloc(&machine_heap, bytes);
    if (start == NULL) {
        expect_null_is_justified(draws, bytes, HEAP_MIN_ALIGNMENT);
        return;
    }
    property_note(draws, ": %p\n", start);
    accept(block, start, bytes, HEAP_MIN_ALIGNMENT, 0);
}

static void try_aligned_alloc(struct draws *draws)
{
    struct block *block = draw_block(draws);
    size_t bytes = draw_size(draws), alignment = draw_alignment(draws);
    if (block->start != NULL)
        free_block(block);
    property_note(draws, "  block %td: aligned_alloc %#zx, alignment %#zx", block - blocks, bytes, alignment);
    void *start = heap_aligned_alloc(&machine_heap, alignment, bytes);
    if (start == NULL) {
        expect_null_is_justified(draws, bytes, alignment);
        return;
    }
    property_note(draws, ": %p\n", start);
    accept(block, start, bytes, alignment < HEAP_MIN_ALIGNMENT ? HEAP_MIN_ALIGNMENT : alignment, 0);
}

static void try_realloc(struct draws *draws)
{
    struct block *block = draw_allocated_block(draws);
    size_t bytes = draw_bool(draws) ? block->usable_bytes + draw_between(draws, 0, PLENTY_BYTES) : draw_size(draws);
    size_t kept = block->start == NULL ? 0 : block->bytes < bytes ? block->bytes : bytes;
    property_note(draws, "  block %td: realloc %p to %#zx", block - blocks, (void *)block->start, bytes);
    if (block->start != NULL)
        expect_content(block, block->usable_bytes);
    void *start = heap_realloc(&machine_heap, block->start, bytes);
    if (start == NULL) {
        expect_null_is_justified(draws, bytes, HEAP_MIN_ALIGNMENT);
        if (block->start != NULL && bytes <= block->bytes)
            property_fail("a block of %zu bytes cannot become one of %zu", block->bytes, bytes);
        if (block->start != NULL)
            expect_content(block, block->usable_bytes);
        return;
    }
    property_note(draws, ": %p\n", start);
    accept(block, start, bytes, HEAP_MIN_ALIGNMENT, kept);
}

static void try_free(struct draws *draws)
{
    struct block *block = draw_allocated_block(draws);
    property_note(draws, "  block %td: free %p\n", block - blocks, (void *)block->start);
    if (block->start != NULL)
        free_block(block);
    else
        heap_free(&machine_heap, NULL);
}

static void set_free_frames(struct draws *draws)
{
    machine_set_free_frames(draw_bool(draws) ? MOST_FRAMES : draw_between(draws, 0, 40));
    property_note(draws, "  %" PRIu64 " frames are free\n", machine_free_frames());
}

static void trim(struct draws *draws)
{
    property_note(draws, "  trim\n");
    heap_trim(&machine_heap);
}

static void check_statistics(void)
{
    struct heap_statistics statistics = heap_statistics(&machine_heap);
    uint64_t count = block_count(), bytes = 0;
    for (size_t i = 0; i < MAX_BLOCKS; i++)
        bytes += blocks[i].start != NULL ? blocks[i].usable_bytes : 0;
    if (statistics.allocation_count != count)
        property_fail("%" PRIu64 " blocks by the statistics, not %" PRIu64, statistics.allocation_count, count);
    if (statistics.used_bytes < bytes || (count == 0 && statistics.used_bytes != 0) ||
        statistics.used_bytes > statistics.mapped_bytes || statistics.mapped_bytes > HEAP_MACHINE_RANGE_BYTES)
        property_fail("%" PRIu64 " bytes used and %" PRIu64 " mapped by the statistics, for %" PRIu64,
                      statistics.used_bytes, statistics.mapped_bytes, bytes);
}

/* All that a heap keeps when nothing is allocated: what describes its blocks. */
static void check_end(void)
{
    enum { DESCRIPTOR_PAGES = 8 };
    for (size_t i = 0; i < MAX_BLOCKS; i++) {
        if (blocks[i].start != NULL)
            free_block(&blocks[i]);
    }
    heap_trim(&machine_heap);
    heap_machine_check();
    heap_machine_check_unmapped();
    check_statistics();
    uint64_t mapped = heap_statistics(&machine_heap).mapped_bytes / PAGE_4K_BYTES;
    if (mapped > DESCRIPTOR_PAGES)
        property_fail("%" PRIu64 " pages are mapped, but all blocks are free", mapped);
}

const char *heap_agrees_with_a_list_of_blocks(struct draws *draws)
{
    static void (*const operations[])(struct draws *) = {try_alloc,         try_free, try_realloc,
                                                         try_aligned_alloc, trim,     set_free_frames};
    static const unsigned weights[] = {8, 8, 4, 4, 1, 2};
    memset(blocks, 0, sizeof blocks);
    next_tag = 0;
    heap_machine_reset(MOST_FRAMES);
    for (unsigned count = 0; count < MAX_OPERATIONS && draw_more(draws, 60); count++) {
        operations[draw_weighted(draws, weights, COUNT_OF(weights))](draws);
        heap_machine_check();
        check_statistics();
    }
    check_end();
    return NULL;
}

static void *fill_order[HEAP_MACHINE_RANGE_BYTES / HEAP_MIN_ALIGNMENT];

static size_t fill_heap(size_t bytes, size_t alignment)
{
    size_t count = 0;
    for (void *block; (block = heap_aligned_alloc(&machine_heap, alignment, bytes)) != NULL; count++)
        fill_order[count] = memset(block, (int)(count % 251), bytes);
    return count;
}

static void free_one(size_t index, size_t bytes)
{
    struct block block = {fill_order[index], bytes, bytes, (unsigned char)(index % 251)};
    free_block(&block);
}

/* Forwards, backwards; every other one first, forwards and backwards. */
static void free_all(size_t count, unsigned order, size_t bytes)
{
    size_t half = (count + 1) / 2;
    for (size_t i = 0; i < count; i++) {
        size_t forward = order < 2 ? i : i < half ? 2 * i : 2 * (i - half) + 1;
        free_one(order % 2 == 0 ? forward : count - 1 - forward, bytes);
    }
}

/* In pages, less what red zones and headers may take. */
static size_t largest_block(void)
{
    for (size_t pages = MOST_FRAMES; pages > 0; pages--) {
        size_t bytes = pages * PAGE_4K_BYTES - 256;
        void *block = heap_alloc(&machine_heap, bytes);
        heap_free(&machine_heap, block);
        if (block != NULL)
            return bytes;
    }
    return 0;
}

const char *freed_memory_is_whole_again(struct draws *draws)
{
    heap_machine_reset(16 + draw_between(draws, 0, 64));
    size_t bytes = draw_between(draws, 1, draw_rarely(draws, 4) ? 20000 : 512);
    size_t alignment = (size_t)1 << draw_below(draws, 13);
    unsigned order = (unsigned)draw_below(draws, 4);
    size_t largest = largest_block();
    size_t count = fill_heap(bytes, alignment);
    property_note(draws, "  %zu bytes at most; %zu blocks of %zu, alignment %zu, freed in order %u\n", largest, count,
                  bytes, alignment, order);
    heap_machine_check();
    free_all(count, order, bytes);
    heap_machine_check();
    void *block = heap_alloc(&machine_heap, largest);
    if (block == NULL)
        return "the largest block has no room any more";
    heap_free(&machine_heap, block);
    heap_machine_check();
    return NULL;
}
