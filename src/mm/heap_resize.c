/* SPDX-License-Identifier: MIT */
/* What lies at a pointer, and making it larger or smaller. */
#include "mm/heap_core.h"

#include <tenorite/lib/panic.h>
#include <tenorite/lib/text.h>

static uint64_t offset_of(const struct heap *heap, const void *pointer)
{
    return (uint64_t)(uintptr_t)pointer - (uint64_t)(uintptr_t)heap->start;
}

static uint32_t block_at(const struct heap *heap, const void *pointer)
{
    return (uint32_t)(offset_of(heap, pointer) / HEAP_BLOCK_BYTES);
}

static struct heap_place slab_place(const struct heap *heap, uint32_t block, const void *pointer)
{
    const struct heap_class *class = &heap->classes[heap->blocks[block].class];
    uint64_t object = offset_of(heap, pointer) % HEAP_BLOCK_BYTES / class->bytes;
    ASSERT(object < class->capacity, "%p lies inside a block of %u bytes", pointer, class->bytes);
    return (struct heap_place){heap_block_start(heap, block) + object * class->bytes, class->bytes};
}

struct heap_place heap_place_of(const struct heap *heap, const void *pointer)
{
    uint64_t block = offset_of(heap, pointer) / HEAP_BLOCK_BYTES;
    ASSERT(block < heap->block_count, "%p is foreign: the heap is at %p and has %u blocks of %d KiB", pointer,
           (void *)heap->start, heap->block_count, HEAP_BLOCK_BYTES / 1024);
    const struct heap_block *descriptor = &heap->blocks[block];
    switch ((enum heap_block_kind)descriptor->kind) {
    case HEAP_BLOCK_SLAB:
        return slab_place(heap, (uint32_t)block, pointer);
    case HEAP_BLOCK_LARGE:
        return (struct heap_place){heap_block_start(heap, (uint32_t)block), descriptor->pages * PAGE_4K_BYTES};
    case HEAP_BLOCK_VOID:
    case HEAP_BLOCK_VOID_END:
    case HEAP_BLOCK_RESERVE:
        panic("%p is not allocated: it was freed, or never was", pointer);
    case HEAP_BLOCK_INSIDE:
        panic("%p is not where a block begins: it lies in a large one or in none", pointer);
    }
    panic("%p: the heap's descriptor %llu is damaged: kind %u", pointer, (unsigned long long)block, descriptor->kind);
}

bool heap_place_is_allocated(const struct heap *heap, struct heap_place place)
{
    const struct heap_block *block = &heap->blocks[block_at(heap, place.start)];
    if (block->kind != HEAP_BLOCK_SLAB)
        return true;
    uint64_t object = offset_of(heap, place.start) % HEAP_BLOCK_BYTES / place.bytes;
    return (block->free_bits[object / 64] >> object % 64 & 1) == 0;
}

static struct heap_place allocated_place(const struct heap *heap, const void *pointer)
{
    struct heap_place place = heap_place_of(heap, pointer);
    ASSERT(place.start == pointer, "%p lies inside a block of %zu bytes", pointer, place.bytes);
    ASSERT(heap_place_is_allocated(heap, place), "%p (%zu bytes) is not allocated", pointer, place.bytes);
    return place;
}

size_t heap_usable_size(const struct heap *heap, const void *pointer)
{
    if (pointer == NULL)
        return 0;
    if (TENORITE_DEBUG)
        return heap_debug_usable_size(heap, pointer, __builtin_return_address(0));
    return allocated_place(heap, pointer).bytes;
}

static size_t whole_pages(size_t size)
{
    return size / PAGE_4K_BYTES + (size % PAGE_4K_BYTES != 0 ? 1 : 0);
}

/* Small objects stay where they are while they fill at least half of their place; large runs stay large. */
static bool resize_in_place(struct heap *heap, struct heap_place place, size_t size)
{
    uint32_t block = block_at(heap, place.start);
    if (heap->blocks[block].kind == HEAP_BLOCK_SLAB)
        return size <= place.bytes && size >= place.bytes / 2;
    return size > HEAP_LARGEST_CLASS_BYTES && heap_run_resize(heap, block, whole_pages(size));
}

static void *allocate(struct heap *heap, size_t size, const void *site)
{
    return TENORITE_DEBUG ? heap_debug_alloc(heap, HEAP_MIN_ALIGNMENT, size, site) : heap_alloc(heap, size);
}

static void *move(struct heap *heap, void *pointer, size_t usable, size_t size, const void *site)
{
    void *moved = allocate(heap, size, site);
    if (moved == NULL)
        return size <= usable ? pointer : NULL;
    memcpy(moved, pointer, size < usable ? size : usable);
    if (TENORITE_DEBUG)
        heap_debug_free(heap, pointer, site);
    else
        heap_free(heap, pointer);
    return moved;
}

void *heap_realloc(struct heap *heap, void *pointer, size_t size)
{
    const void *site = __builtin_return_address(0);
    if (pointer == NULL)
        return allocate(heap, size, site);
    if (TENORITE_DEBUG)
        return move(heap, pointer, heap_debug_usable_size(heap, pointer, site), size, site);
    struct heap_place place = allocated_place(heap, pointer);
    if (resize_in_place(heap, place, size))
        return pointer;
    void *moved = move(heap, pointer, place.bytes, size, site);
    if (moved == NULL && resize_in_place(heap, place, size)) /* with frames that the heap gave up in the attempt */
        return pointer;
    return moved;
}

struct heap_statistics heap_statistics(const struct heap *heap)
{
    struct heap_statistics statistics = {
        .mapped_bytes = heap->mapped_pages * PAGE_4K_BYTES,
        .limit_bytes = (uint64_t)heap->block_limit * HEAP_BLOCK_BYTES,
        .used_bytes = -heap->quarantine_bytes,
        .allocation_count = -(uint64_t)heap->quarantine_count,
    };
    for (uint32_t block = 0; block < heap->block_count; block += heap->blocks[block].run_blocks) {
        const struct heap_block *run = &heap->blocks[block];
        if (run->kind == HEAP_BLOCK_SLAB) {
            statistics.used_bytes += (uint64_t)run->in_use * heap->classes[run->class].bytes;
            statistics.allocation_count += run->in_use;
        } else if (run->kind == HEAP_BLOCK_LARGE) {
            statistics.used_bytes += run->pages * PAGE_4K_BYTES;
            statistics.allocation_count++;
        }
    }
    return statistics;
}
