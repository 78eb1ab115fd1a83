/* SPDX-License-Identifier: MIT */
/*
 * The heap: size classes over blocks of mapped pages.
 *
 * Up to HEAP_LARGEST_CLASS_BYTES, a request is rounded to one of 30 classes and served from a slab: up to four pages cut
 * into objects of that class, with one bit for each in the slab's descriptor. Larger requests are runs of whole pages
 * (heap_blocks.h, where the invariants H1 to H8 are). Nothing is stored in the objects or beside them, so a write after
 * free or past an end cannot mislead the heap, and a free is checked against what is allocated.
 *
 * Each class caches a few free objects: a ring, of which allocations take the oldest and to which frees add. Both then
 * cost the object's bit and little else; and an allocation need not wait for the free just before it, which it would if
 * it took the newest. A freed object's first line is prefetched for its next owner. An empty ring takes objects from the
 * slab that was listed last, a full one leaves the older half to the slabs.
 *
 * What is cached is used again wherever it lies, so slabs would thin out and never become empty. Classes with few
 * objects a slab therefore cache only what comes from a full slab: others drain, and are given back when they are empty.
 * And before such a class makes a new slab, it takes an object of the next larger class if one is free.
 *
 * Rejected: free lists through the objects (a miss of the data cache for each free, and what a stray write can reach);
 * a count of all blocks and bytes (computed when asked for); no cache (twice the time for a random load: each slab
 * becomes full and partly free all the time, and no branch predictor knows when).
 */
#include "mm/heap_core.h"

#include <tenorite/arch/interrupts.h>
#include <tenorite/lib/panic.h>
#include <tenorite/mm/mapper.h>

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

/* Above this size slabs have few objects, and drain. */
enum { LARGEST_DENSE_BYTES = 512 };

static void init_class(struct heap_class *class, unsigned number)
{
    unsigned bytes = class_sizes[number].bytes;
    bool is_dense = bytes <= LARGEST_DENSE_BYTES;
    unsigned fitting = class_sizes[number].pages * (unsigned)PAGE_4K_BYTES / bytes;
    *class = (struct heap_class){
        .bytes = bytes,
        .reciprocal = (uint32_t)(((1ull << 32) + bytes - 1) / bytes),
        .partial_slabs = HEAP_NO_BLOCK,
        .cache_limit = is_dense ? HEAP_CACHE_SLOTS : HEAP_CACHE_SLOTS / 2,
        .drain_below = (uint16_t)(is_dense ? 1 : fitting - 1),
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

static bool slab_is_listed(const struct heap_block *slab)
{
    return slab->next != HEAP_UNLISTED;
}

static void slab_list(struct heap *heap, struct heap_class *class, uint32_t block)
{
    if (!slab_is_listed(&heap->blocks[block]))
        heap_list_add(heap, &class->partial_slabs, block);
}

static void slab_unlist(struct heap *heap, struct heap_class *class, uint32_t block)
{
    heap_list_remove(heap, &class->partial_slabs, block);
    heap->blocks[block].next = HEAP_UNLISTED;
}

/* Makes a new slab, all of it free, the only one in the list of its class; false if there is no memory. */
static bool slab_new(struct heap *heap, struct heap_class *class)
{
    uint32_t block = heap_run_take(heap, class->pages, HEAP_MIN_ALIGNMENT, HEAP_BLOCK_SLAB);
    if (block == HEAP_NO_BLOCK)
        return false;
    struct heap_block *slab = &heap->blocks[block];
    slab->class = (uint8_t)(class - heap->classes);
    slab->in_use = 0;
    for (unsigned word = 0; word < HEAP_SLAB_WORDS; word++) {
        unsigned left = class->capacity > word * 64 ? class->capacity - word * 64 : 0;
        slab->free_bits[word] = left >= 64 ? UINT64_MAX : (1ull << left) - 1;
    }
    heap_list_add(heap, &class->partial_slabs, block);
    class->slab_count++;
    return true;
}

/* Caches up to `count` free objects of a listed slab, while nothing of its class is cached but what this call's caller
 * took from other slabs. Returns how many. */
static unsigned cache_objects(struct heap *heap, struct heap_class *class, uint32_t block, unsigned count)
{
    const struct heap_block *slab = &heap->blocks[block];
    unsigned cached = 0;
    for (unsigned word = 0; word < HEAP_SLAB_WORDS && cached < count; word++) {
        for (uint64_t bits = slab->free_bits[word]; bits != 0 && cached < count; bits &= bits - 1, cached++)
            class->cached[class->end_cached++ % HEAP_CACHE_SLOTS] =
                (struct heap_free_object){block, word * 64 + (unsigned)__builtin_ctzll(bits)};
    }
    if (cached == (unsigned)class->capacity - slab->in_use)
        slab_unlist(heap, class, block);
    return cached;
}

/* Fills the empty ring by half, or with what the listed slabs have; false if there is no memory for one object. */
static bool refill(struct heap *heap, struct heap_class *class)
{
    unsigned wanted = class->cache_limit / 2;
    if (class->partial_slabs == HEAP_NO_BLOCK && !slab_new(heap, class))
        return false;
    while (wanted > 0 && class->partial_slabs != HEAP_NO_BLOCK)
        wanted -= cache_objects(heap, class, class->partial_slabs, wanted);
    return true;
}

static unsigned cached_count(const struct heap_class *class)
{
    return class->end_cached - class->first_cached;
}

/* Leaves the `count` objects that were cached first to their slabs. */
static void uncache_objects(struct heap *heap, struct heap_class *class, unsigned count)
{
    for (; count > 0; count--)
        slab_list(heap, class, class->cached[class->first_cached++ % HEAP_CACHE_SLOTS].block);
}

/* Leaves all cached objects of a slab to it. */
static void uncache_slab(struct heap_class *class, uint32_t block)
{
    uint32_t kept = class->first_cached;
    for (uint32_t i = kept; i != class->end_cached; i++) {
        struct heap_free_object object = class->cached[i % HEAP_CACHE_SLOTS];
        if (object.block != block)
            class->cached[kept++ % HEAP_CACHE_SLOTS] = object;
    }
    class->end_cached = kept;
}

/* Gives back a slab that has no object in use. */
static void slab_release(struct heap *heap, struct heap_class *class, uint32_t block)
{
    uncache_slab(class, block);
    if (slab_is_listed(&heap->blocks[block]))
        heap_list_remove(heap, &class->partial_slabs, block);
    class->slab_count--;
    heap_run_release(heap, block, class->pages);
}

ALWAYS_INLINE void *take_cached(struct heap *heap, struct heap_class *class)
{
    struct heap_free_object taken = class->cached[class->first_cached++ % HEAP_CACHE_SLOTS];
    struct heap_block *slab = &heap->blocks[taken.block];
    slab->free_bits[taken.object / 64] ^= 1ull << taken.object % 64;
    slab->in_use++;
    return heap_block_start(heap, taken.block) + (size_t)taken.object * class->bytes;
}

/* Whether the class that comes after `class` has a free object that it can lend: then one is cached. */
static bool next_class_lends(struct heap *heap, struct heap_class *class)
{
    struct heap_class *next = class + 1;
    if (class->bytes <= LARGEST_DENSE_BYTES || next == &heap->classes[HEAP_CLASS_COUNT])
        return false;
    return cached_count(next) > 0 || (next->partial_slabs != HEAP_NO_BLOCK && refill(heap, next));
}

/* An object of this class and no other, for its alignment. */
static void *exact_alloc(struct heap *heap, struct heap_class *class)
{
    if (cached_count(class) > 0)
        return take_cached(heap, class);
    ASSERT(!interrupts_in_handler(), "allocation of %u bytes in an interrupt handler", class->bytes);
    return refill(heap, class) ? take_cached(heap, class) : NULL;
}

static NO_INLINE void *small_alloc_uncached(struct heap *heap, struct heap_class *class)
{
    ASSERT(!interrupts_in_handler(), "allocation of %u bytes in an interrupt handler", class->bytes);
    if (class->partial_slabs == HEAP_NO_BLOCK && next_class_lends(heap, class))
        return take_cached(heap, class + 1);
    return refill(heap, class) ? take_cached(heap, class) : NULL;
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
    return LIKELY(cached_count(class) > 0) ? take_cached(heap, class) : small_alloc_uncached(heap, class);
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
            return exact_alloc(heap, &heap->classes[number]);
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

/* After a free that left few or no objects of a slab in use: it is not cached. */
static NO_INLINE void slab_drain(struct heap *heap, struct heap_class *class, uint32_t block)
{
    ASSERT(!interrupts_in_handler(), "block of %u bytes freed in an interrupt handler", class->bytes);
    if (heap->blocks[block].in_use == 0)
        slab_release(heap, class, block);
    else
        slab_list(heap, class, block);
}

/* After a free that finds the ring full. */
static NO_INLINE void make_room_in_cache(struct heap *heap, struct heap_class *class)
{
    ASSERT(!interrupts_in_handler(), "block of %u bytes freed in an interrupt handler", class->bytes);
    uncache_objects(heap, class, class->cache_limit / 2);
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
    if (UNLIKELY(--slab->in_use < class->drain_below) && class->slab_count > 1) {
        slab_drain(heap, class, (uint32_t)(offset / HEAP_BLOCK_BYTES));
        return;
    }
    __builtin_prefetch(pointer, 1);
    if (UNLIKELY(cached_count(class) == class->cache_limit))
        make_room_in_cache(heap, class);
    class->cached[class->end_cached++ % HEAP_CACHE_SLOTS] =
        (struct heap_free_object){(uint32_t)(offset / HEAP_BLOCK_BYTES), object};
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
        uncache_objects(heap, class, cached_count(class));
        uint32_t only = class->slab_count == 1 ? class->partial_slabs : HEAP_NO_BLOCK;
        if (only != HEAP_NO_BLOCK && heap->blocks[only].in_use == 0)
            slab_release(heap, class, only);
    }
}

/* Other address spaces may share the tables of the kernel's half. */
static void release_empty_tables(struct heap *heap)
{
    virt_addr start = virt_addr_from_pointer(heap->blocks);
    uint64_t bytes = (uint64_t)(heap->start - (char *)heap->blocks) + (uint64_t)heap->block_limit * HEAP_BLOCK_BYTES;
    page_range_4k pages = {page_4k_at(start), bytes / PAGE_4K_BYTES};
    enum map_error error = flush(clean_up(heap->mapper, pages, KERNEL_TABLES_SHARED));
    ASSERT(error == MAP_OK, "heap at %#llx: %s", (unsigned long long)start.value, map_error_name(error));
}

void heap_trim(struct heap *heap)
{
    if (TENORITE_DEBUG)
        heap_debug_release_quarantine(heap);
    heap_slabs_release_empty(heap);
    heap_reserve_empty(heap);
    release_empty_tables(heap);
}
