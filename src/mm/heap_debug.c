/* SPDX-License-Identifier: MIT */
/*
 * What debug builds put around the heap's blocks.
 *
 *   block:  | header | red zone, for alignments above 32 | what the caller gets | red zone, to the block's end |
 *           | 32 B   |                                   | `size` bytes         | at least 16 B                |
 *
 * The header is in front, so that it is found from any pointer into the block; its last field is next to the caller's
 * memory, where a write below its start hits it. A freed block is filled and waits, still allocated to the heap proper,
 * in the quarantine: a ring of HEAP_QUARANTINE_SLOTS pointers and QUARANTINE_BYTES, of which the oldest leave when there
 * is no room. Blocks whose places exceed HEAP_BLOCK_BYTES do not wait: they never go to the heap's reserve but are
 * unmapped, so that a late access faults.
 *
 * Invariants, verified by heap_check():
 *   D1  The header and the red zones of an allocated block are as they were written.
 *   D2  A block in the quarantine is filled with FREED from its header to its end.
 *   D3  quarantine_bytes is the sum of the places of the blocks in the quarantine.
 */
#include "mm/heap_core.h"

#include <tenorite/arch/interrupts.h>
#include <tenorite/lib/panic.h>
#include <tenorite/lib/text.h>

enum { ALLOCATED = 0xaa, FREED = 0xdd, RED_ZONE = 0xfb };
enum { RED_ZONE_BYTES = 16, QUARANTINE_BYTES = HEAP_QUARANTINE_SLOTS * HEAP_BLOCK_BYTES / 2 };
enum header_state { IS_ALLOCATED = 0x6c697665, IS_FREED = 0x64656164 };

struct header {
    const void *allocated_at; /* where the calls that did it returned to */
    const void *freed_at;
    uint64_t size;
    uint32_t user_offset; /* from the block's start to what the caller gets */
    uint32_t state;       /* enum header_state, mixed with the address */
};
static_assert(sizeof(struct header) == 32, "keeps the alignment of 16");

static uint32_t state_at(const struct header *header, enum header_state state)
{
    return (uint32_t)state ^ (uint32_t)(uintptr_t)header;
}

static bool is_filled(const char *start, size_t bytes, unsigned char pattern)
{
    for (size_t i = 0; i < bytes; i++) {
        if ((unsigned char)start[i] != pattern)
            return false;
    }
    return true;
}

/* What is wrong with an allocated block (D1), or NULL. */
static const char *allocated_damage(struct heap_place place)
{
    const struct header *header = (const struct header *)(void *)place.start;
    if (header->state != state_at(header, IS_ALLOCATED) || header->user_offset < sizeof *header ||
        header->user_offset > place.bytes || header->size > place.bytes - header->user_offset)
        return "D1: a block's header was overwritten";
    if (!is_filled(place.start + sizeof *header, header->user_offset - sizeof *header, RED_ZONE))
        return "D1: a block was written to below its start";
    size_t used = header->user_offset + header->size;
    return is_filled(place.start + used, place.bytes - used, RED_ZONE) ? NULL
                                                                       : "D1: a block was written to past its end";
}

static const char *freed_damage(struct heap_place place)
{
    const struct header *header = (const struct header *)(void *)place.start;
    if (header->state != state_at(header, IS_FREED) ||
        !is_filled(place.start + sizeof *header, place.bytes - sizeof *header, FREED))
        return "D2: a block was written to after it was freed";
    return NULL;
}

static void leave_quarantine(struct heap *heap)
{
    void *start = heap->quarantine[heap->quarantine_first];
    struct heap_place place = heap_place_of(heap, start);
    const struct header *header = start;
    heap->quarantine_first = (heap->quarantine_first + 1) % HEAP_QUARANTINE_SLOTS;
    heap->quarantine_count--;
    heap->quarantine_bytes -= place.bytes;
    ASSERT(freed_damage(place) == NULL,
           "%p (%llu bytes, allocated at %p, freed at %p) was written to after it was freed",
           (void *)(place.start + header->user_offset), (unsigned long long)header->size, header->allocated_at,
           header->freed_at);
    heap_core_free(heap, start);
}

void heap_debug_release_quarantine(struct heap *heap)
{
    while (heap->quarantine_count > 0)
        leave_quarantine(heap);
}

static void enter_quarantine(struct heap *heap, struct heap_place place)
{
    while (heap->quarantine_count == HEAP_QUARANTINE_SLOTS || heap->quarantine_bytes + place.bytes > QUARANTINE_BYTES)
        leave_quarantine(heap);
    heap->quarantine[(heap->quarantine_first + heap->quarantine_count++) % HEAP_QUARANTINE_SLOTS] = place.start;
    heap->quarantine_bytes += place.bytes;
}

void *heap_debug_alloc(struct heap *heap, size_t alignment, size_t size, const void *site)
{
    ASSERT(!interrupts_in_handler(), "allocation of %zu bytes in an interrupt handler", size);
    size_t in_front = alignment > sizeof(struct header) ? alignment : sizeof(struct header);
    if (in_front > UINT32_MAX || size > SIZE_MAX - RED_ZONE_BYTES - in_front) /* user_offset has 32 bits */
        return NULL;
    char *start = heap_core_alloc(heap, alignment, in_front + size + RED_ZONE_BYTES);
    if (start == NULL && heap->quarantine_count > 0) {
        heap_debug_release_quarantine(heap);
        start = heap_core_alloc(heap, alignment, in_front + size + RED_ZONE_BYTES);
    }
    if (start == NULL)
        return NULL;
    struct heap_place place = heap_place_of(heap, start);
    struct header *header = (struct header *)(void *)start;
    memset(start + sizeof *header, RED_ZONE, in_front - sizeof *header);
    memset(start + in_front, ALLOCATED, size);
    memset(start + in_front + size, RED_ZONE, place.bytes - in_front - size);
    *header = (struct header){
        .allocated_at = site,
        .size = size,
        .user_offset = (uint32_t)in_front,
        .state = state_at(header, IS_ALLOCATED),
    };
    return start + in_front;
}

/* As heap_place_of(), but with a large alignment the caller's memory begins in a later block of the run. */
static struct heap_place place_around(const struct heap *heap, const void *pointer)
{
    const char *within = pointer;
    uint64_t block = ((uint64_t)(uintptr_t)pointer - (uint64_t)(uintptr_t)heap->start) / HEAP_BLOCK_BYTES;
    for (; block < heap->block_count && heap->blocks[block].kind == HEAP_BLOCK_INSIDE && block > 0; block--)
        within -= HEAP_BLOCK_BYTES;
    return heap_place_of(heap, within);
}

/* The place of the allocated block that `pointer` was handed out for. */
static struct heap_place allocated_place(const struct heap *heap, const void *pointer, const void *site)
{
    struct heap_place place = place_around(heap, pointer);
    const struct header *header = (const struct header *)(void *)place.start;
    unsigned long long size = header->size;
    if (header->state == state_at(header, IS_FREED))
        panic("%p (%llu bytes, allocated at %p) is freed twice: at %p and now at %p", pointer, size,
              header->allocated_at, header->freed_at, site);
    ASSERT(heap_place_is_allocated(heap, place), "%p is not allocated, used at %p", pointer, site);
    const char *damage = allocated_damage(place);
    ASSERT(damage == NULL, "%s: it is at %p, %llu bytes, allocated at %p, freed at %p", damage, pointer, size,
           header->allocated_at, site);
    ASSERT(pointer == place.start + header->user_offset, "%p lies inside a block of %llu bytes, allocated at %p",
           pointer, size, header->allocated_at);
    return place;
}

void heap_debug_free(struct heap *heap, void *pointer, const void *site)
{
    ASSERT(!interrupts_in_handler(), "%p freed in an interrupt handler", pointer);
    if (pointer == NULL)
        return;
    struct heap_place place = allocated_place(heap, pointer, site);
    struct header *header = (struct header *)(void *)place.start;
    header->freed_at = site;
    header->state = state_at(header, IS_FREED);
    if (place.bytes > HEAP_BLOCK_BYTES) {
        heap_core_free(heap, place.start);
        return;
    }
    memset(place.start + sizeof *header, FREED, place.bytes - sizeof *header);
    enter_quarantine(heap, place);
}

size_t heap_debug_usable_size(const struct heap *heap, const void *pointer, const void *site)
{
    struct heap_place place = allocated_place(heap, pointer, site);
    return ((const struct header *)(void *)place.start)->size;
}

static const char *check_quarantine(const struct heap *heap)
{
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < heap->quarantine_count; i++) {
        const void *start = heap->quarantine[(heap->quarantine_first + i) % HEAP_QUARANTINE_SLOTS];
        struct heap_place place = heap_place_of(heap, start);
        const char *damage = freed_damage(place);
        if (damage != NULL)
            return damage;
        bytes += place.bytes;
    }
    return bytes == heap->quarantine_bytes ? NULL : "D3: quarantine_bytes does not add up";
}

/* Blocks in the quarantine are allocated to the heap proper. */
static const char *check_place(struct heap_place place)
{
    const struct header *header = (const struct header *)(void *)place.start;
    return header->state == state_at(header, IS_FREED) ? freed_damage(place) : allocated_damage(place);
}

static const char *check_slab(const struct heap *heap, uint32_t block)
{
    const struct heap_class *class = &heap->classes[heap->blocks[block].class];
    for (unsigned object = 0; object < class->capacity; object++) {
        struct heap_place place = {heap_block_start(heap, block) + (size_t)object * class->bytes, class->bytes};
        const char *damage = heap_place_is_allocated(heap, place) ? check_place(place) : NULL;
        if (damage != NULL)
            return damage;
    }
    return NULL;
}

const char *heap_debug_check(const struct heap *heap)
{
    const char *damage = NULL;
    for (uint32_t block = 0; block < heap->block_count && damage == NULL; block += heap->blocks[block].run_blocks) {
        const struct heap_block *run = &heap->blocks[block];
        if (run->kind == HEAP_BLOCK_SLAB)
            damage = check_slab(heap, block);
        else if (run->kind == HEAP_BLOCK_LARGE)
            damage = check_place((struct heap_place){heap_block_start(heap, block), run->pages * PAGE_4K_BYTES});
    }
    return damage != NULL ? damage : check_quarantine(heap);
}
