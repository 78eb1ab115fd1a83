/* SPDX-License-Identifier: MIT */
/*
 * The heap: size classes over blocks of mapped pages.
 *
 * Up to HEAP_LARGEST_CLASS_BYTES, a request is rounded to one of 30 classes and served from a slab: up to four pages cut
 * into objects of that class, with one bit for each in the slab's descriptor. Larger requests are runs of whole pages
 * (heap_blocks.h, where the invariants H1 to H8 are). Nothing is stored in the objects or beside them, so a write after
 * free or past an end cannot mislead the heap, freeing touches no memory but the descriptor, and a free is checked
 * against what is allocated.
 *
 * Each class allocates from one slab, the current one. `cached` is a copy of one word of its free bits, from which
 * objects are taken until it is zero: the next object does not depend on what was freed since, so the CPU need not wait
 * for one free to finish the next allocation. The word itself is always exact. When the copy is used up, it is taken
 * anew, from the lowest word of the current slab that has a free object, else from a slab in the class's list, else from
 * a new slab. A slab that becomes empty goes back to the blocks, unless it is the current one.
 *
 * Rejected: free lists through the objects (a miss of the data cache for each free, and what a stray write can reach);
 * a count of all blocks and bytes (computed when asked for).
 */
#include "mm/heap_core.h"

#include <tenorite/arch/interrupts.h>
#include <tenorite/lib/panic.h>

/* Multiples of 16, in 1 to 4 pages that they fill with little left over. Every power of two is there, for alignment; up
 * to 1024, at most a fifth of an object is wasted, above that less. Up to 128 bytes slabs are as large as their bits
 * allow, for the descriptors' sake; above, so small that half a slab for each class is little. */
static const struct {
    uint16_t bytes, pages;
} class_sizes[HEAP_CLASS_COUNT] = {
    {16, 1},   {32, 2},   {48, 3},   {64, 4},   {80, 4},   {96, 3},   {112, 4},  {128, 4},  {160, 4},  {192, 3},
    {224, 4},  {256, 2},  {320, 4},  {384, 3},  {448, 2},  {512, 2},  {640, 3},  {768, 3},  {896, 2},  {1024, 2},
    {1168, 2}, {1360, 1}, {1488, 4}, {1632, 4}, {1808, 4}, {2048, 1}, {2336, 4}, {2720, 2}, {3072, 3}, {3264, 4},
};

static void init_class(struct heap_class *class, unsigned number)
{
    unsigned bytes = class_sizes[number].bytes;
    unsigned fitting = class_sizes[number].pages * (unsigned)PAGE_4K_BYTES / bytes;
    *class = (struct heap_class){
        .bytes = bytes,
        .reciprocal = (uint32_t)(((1ull << 32) + bytes - 1) / bytes),
        .partial_slabs = HEAP_NO_BLOCK,
        .capacity = (uint16_t)(fitting < HEAP_SLAB_MAX_OBJECTS ? fitting : HEAP_SLAB_MAX_OBJECTS),
        .pages = class_sizes[number].pages,
    };
}

static void init_classes(struct heap *heap)
{
    unsigned number = 0;
    for (unsigned i = 0; i < HEAP_CLASS_COUNT; i++)
        init_class(&heap->classes[i], i);
    for (unsigned bytes = 0; bytes <= HEAP_LARGEST_CLASS_BYTES; bytes += HEAP_MIN_ALIGNMENT) {
        number += bytes > heap->classes[number].bytes ? 1 : 0;
        heap->class_of[bytes / HEAP_MIN_ALIGNMENT] = (uint8_t)number;
    }
}

enum heap_error heap_init(struct heap *heap, struct mapper *mapper, struct frames *frames, struct virtual_range range)
{
    uint64_t start = range.start.value;
    if (start % PAGE_4K_BYTES != 0)
        return HEAP_RANGE_MISALIGNED;
    if (range.length_bytes > -start && start != 0)
        return HEAP_RANGE_TOO_SMALL;
    uint64_t described = range.length_bytes / HEAP_BLOCK_BYTES;
    uint64_t in_front = described * sizeof(struct heap_block);
    in_front += -(start + in_front) % HEAP_BLOCK_BYTES;
    if (range.length_bytes < in_front || range.length_bytes - in_front < HEAP_BLOCK_BYTES)
        return HEAP_RANGE_TOO_SMALL;
    uint64_t blocks = (range.length_bytes - in_front) / HEAP_BLOCK_BYTES;
    *heap = (struct heap){
        .mapper = mapper,
        .frames = frames,
        .blocks = virt_addr_to_pointer(range.start),
        .start = (char *)virt_addr_to_pointer(range.start) + in_front,
        .block_limit = blocks < UINT32_MAX ? (uint32_t)blocks : UINT32_MAX - 1,
    };
    for (unsigned i = 0; i < HEAP_RUN_LIST_COUNT; i++)
        heap->void_runs[i] = HEAP_NO_BLOCK;
    for (unsigned i = 0; i < HEAP_BLOCK_PAGES; i++)
        heap->reserve[i] = HEAP_NO_BLOCK;
    init_classes(heap);
    return HEAP_OK;
}

/* A new slab, all of it free, in no list; NULL if there is no memory. */
static struct heap_block *slab_new(struct heap *heap, struct heap_class *class)
{
    uint32_t block = heap_run_take(heap, class->pages, HEAP_MIN_ALIGNMENT, HEAP_BLOCK_SLAB);
    if (block == HEAP_NO_BLOCK)
        return NULL;
    struct heap_block *slab = &heap->blocks[block];
    slab->class = (uint8_t)(class - heap->classes);
    slab->in_use = 0;
    for (unsigned word = 0; word < HEAP_SLAB_WORDS; word++) {
        unsigned left = class->capacity > word * 64 ? class->capacity - word * 64 : 0;
        slab->free_bits[word] = left >= 64 ? UINT64_MAX : (1ull << left) - 1;
    }
    return slab;
}

static struct heap_block *next_slab(struct heap *heap, struct heap_class *class)
{
    uint32_t block = class->partial_slabs;
    if (block == HEAP_NO_BLOCK)
        return slab_new(heap, class);
    heap_list_remove(heap, &class->partial_slabs, block);
    return &heap->blocks[block];
}

/* Caches a word with free objects; false if there is no memory. */
static bool refill(struct heap *heap, struct heap_class *class)
{
    struct heap_block *slab = class->slab;
    if (slab == NULL || slab->in_use == class->capacity)
        slab = next_slab(heap, class);
    if (slab == NULL)
        return false;
    unsigned word = 0;
    while (slab->free_bits[word] == 0)
        word++;
    class->slab = slab;
    class->word = &slab->free_bits[word];
    class->word_start = heap_block_start(heap, heap_block_number(heap, slab)) + (size_t)word * 64 * class->bytes;
    class->cached = *class->word;
    return true;
}

ALWAYS_INLINE void *take_cached(struct heap_class *class)
{
    uint64_t lowest = class->cached & -class->cached;
    unsigned object = (unsigned)__builtin_ctzll(class->cached);
    class->cached ^= lowest;
    *class->word ^= lowest;
    class->slab->in_use++;
    return class->word_start + (size_t)object * class->bytes;
}

static NO_INLINE void *small_alloc_uncached(struct heap *heap, struct heap_class *class)
{
    ASSERT(!interrupts_in_handler(), "allocation of %u bytes in an interrupt handler", class->bytes);
    return refill(heap, class) ? take_cached(class) : NULL;
}

static NO_INLINE void *large_alloc(struct heap *heap, size_t alignment, size_t size)
{
    ASSERT(!interrupts_in_handler(), "allocation of %zu bytes in an interrupt handler", size);
    uint64_t pages = size / PAGE_4K_BYTES + (size % PAGE_4K_BYTES != 0 ? 1 : 0);
    uint32_t block = heap_run_take(heap, pages, alignment, HEAP_BLOCK_LARGE);
    if (block == HEAP_NO_BLOCK)
        return NULL;
    heap->blocks[block].pages = pages;
    return heap_block_start(heap, block);
}

ALWAYS_INLINE void *small_alloc(struct heap *heap, struct heap_class *class)
{
    return LIKELY(class->cached != 0) ? take_cached(class) : small_alloc_uncached(heap, class);
}

ALWAYS_INLINE void *core_alloc(struct heap *heap, size_t size)
{
    if (size > HEAP_LARGEST_CLASS_BYTES)
        return large_alloc(heap, HEAP_MIN_ALIGNMENT, size);
    return small_alloc(heap, &heap->classes[heap->class_of[(size + HEAP_MIN_ALIGNMENT - 1) / HEAP_MIN_ALIGNMENT]]);
}

void *heap_core_alloc(struct heap *heap, size_t alignment, size_t size)
{
    if (alignment <= HEAP_MIN_ALIGNMENT)
        return core_alloc(heap, size);
    unsigned number = size > HEAP_LARGEST_CLASS_BYTES
                          ? HEAP_CLASS_COUNT
                          : heap->class_of[(size + HEAP_MIN_ALIGNMENT - 1) / HEAP_MIN_ALIGNMENT];
    for (; number < HEAP_CLASS_COUNT; number++) {
        if (heap->classes[number].bytes % alignment == 0)
            return small_alloc(heap, &heap->classes[number]);
    }
    return large_alloc(heap, alignment, size == 0 ? 1 : size);
}

void *heap_alloc(struct heap *heap, size_t size)
{
    if (TENORITE_DEBUG)
        return heap_debug_alloc(heap, HEAP_MIN_ALIGNMENT, size, __builtin_return_address(0));
    return core_alloc(heap, size);
}

void *heap_aligned_alloc(struct heap *heap, size_t alignment, size_t size)
{
    ASSERT(alignment != 0 && (alignment & (alignment - 1)) == 0, "alignment %zu is not a power of two", alignment);
    if (TENORITE_DEBUG)
        return heap_debug_alloc(heap, alignment, size, __builtin_return_address(0));
    return heap_core_alloc(heap, alignment, size);
}

/* What freeing an object changes beside its bit, where `slab` is not the current one and was full or is empty now. */
static NO_INLINE void relist(struct heap *heap, struct heap_class *class, struct heap_block *slab)
{
    uint32_t block = heap_block_number(heap, slab);
    ASSERT(!interrupts_in_handler(), "block of %u bytes freed in an interrupt handler", class->bytes);
    if (slab->in_use != 0) {
        heap_list_add(heap, &class->partial_slabs, block);
        return;
    }
    heap_list_remove(heap, &class->partial_slabs, block);
    heap_run_release(heap, block, class->pages);
}

static NO_INLINE void free_uncommon(struct heap *heap, void *pointer)
{
    if (pointer == NULL)
        return;
    ASSERT(!interrupts_in_handler(), "%p freed in an interrupt handler", pointer);
    struct heap_place place = heap_place_of(heap, pointer); /* panics unless a large run begins here */
    ASSERT(place.start == pointer, "%p lies inside a block of %zu bytes", pointer, place.bytes);
    uint32_t block = (uint32_t)((place.start - heap->start) / HEAP_BLOCK_BYTES);
    heap_run_release(heap, block, heap->blocks[block].pages);
}

ALWAYS_INLINE void core_free(struct heap *heap, void *pointer)
{
    uint64_t offset = (uint64_t)(uintptr_t)pointer - (uint64_t)(uintptr_t)heap->start;
    struct heap_block *slab = &heap->blocks[offset / HEAP_BLOCK_BYTES];
    if (UNLIKELY(offset / HEAP_BLOCK_BYTES >= heap->block_count || slab->kind != HEAP_BLOCK_SLAB)) {
        free_uncommon(heap, pointer);
        return;
    }
    struct heap_class *class = &heap->classes[slab->class];
    uint64_t quotient = offset % HEAP_BLOCK_BYTES * class->reciprocal; /* 32 bits before, 32 after the point */
    uint32_t object = (uint32_t)(quotient >> 32);
    ASSERT(object < class->capacity && (uint32_t)quotient < class->reciprocal, "%p lies inside a block of %u bytes",
           pointer, class->bytes);
    uint64_t bit = 1ull << object % 64;
    ASSERT((slab->free_bits[object / 64] & bit) == 0, "%p (%u bytes) is freed twice", pointer, class->bytes);
    slab->free_bits[object / 64] |= bit;
    slab->in_use--;
    if (slab != class->slab && UNLIKELY(slab->in_use == 0 || slab->in_use + 1 == class->capacity))
        relist(heap, class, slab);
}

void heap_core_free(struct heap *heap, void *pointer)
{
    core_free(heap, pointer);
}

void heap_free(struct heap *heap, void *pointer)
{
    if (TENORITE_DEBUG)
        heap_debug_free(heap, pointer, __builtin_return_address(0));
    else
        core_free(heap, pointer);
}

void heap_slabs_release_empty(struct heap *heap)
{
    for (unsigned i = 0; i < HEAP_CLASS_COUNT; i++) {
        struct heap_class *class = &heap->classes[i];
        struct heap_block *slab = class->slab;
        if (slab == NULL || slab->in_use != 0)
            continue;
        class->slab = NULL;
        class->cached = 0;
        heap_run_release(heap, heap_block_number(heap, slab), class->pages);
    }
}

void heap_trim(struct heap *heap)
{
    if (TENORITE_DEBUG)
        heap_debug_release_quarantine(heap);
    heap_slabs_release_empty(heap);
    heap_reserve_empty(heap);
}
