/* SPDX-License-Identifier: MIT */
/*
 * The heap: size classes over page runs.
 *
 * Up to HEAP_LARGEST_CLASS_BYTES, a request is rounded to one of 22 classes and served from a slab: a page cut into
 * objects of that class, with one bit for each in its descriptor. The next free object is found by counting trailing
 * zeroes; nothing is stored in the objects, so a write after free cannot mislead the heap, and a free is checked
 * against what is allocated: freeing twice is noticed unless the memory was handed out again in between. A slab whose
 * last object is freed goes back to the page runs. Larger requests are page runs themselves (heap_pages.h, where the
 * invariants H1 to H5 are).
 *
 * It leaves to others: giving pages back to the frame allocator.
 */
#include "mm/heap_pages.h"

#include <tenorite/arch/interrupts.h>
#include <tenorite/lib/panic.h>

/* Multiples of 16 that fill a page well; every power of two is there, for alignment. */
const uint16_t heap_class_bytes[HEAP_CLASS_COUNT] = {16,  32,  48,  64,  80,  96,  112, 128, 160,  192,  224,
                                                     256, 320, 384, 448, 512, 576, 672, 816, 1024, 1360, 2048};

enum { CLASS_STEP = 16 };

enum heap_error heap_init(struct heap *heap, struct mapper *mapper, struct frames *frames, struct virtual_range range)
{
    if (range.start.value % PAGE_4K_BYTES != 0)
        return HEAP_RANGE_MISALIGNED;
    if (range.length_bytes > -range.start.value && range.start.value != 0)
        return HEAP_RANGE_TOO_SMALL;
    uint64_t pages = range.length_bytes / PAGE_4K_BYTES;
    if (pages >= UINT32_MAX)
        pages = UINT32_MAX - 1;
    uint64_t descriptor_pages = (pages * sizeof(struct heap_page) + PAGE_4K_BYTES - 1) / PAGE_4K_BYTES;
    if (pages < 2)
        return HEAP_RANGE_TOO_SMALL;
    *heap = (struct heap){
        .mapper = mapper,
        .frames = frames,
        .descriptors = virt_addr_to_pointer(range.start),
        .pages = (char *)virt_addr_to_pointer(range.start) + descriptor_pages * PAGE_4K_BYTES,
        .page_limit = (uint32_t)(pages - descriptor_pages),
    };
    for (unsigned i = 0; i < HEAP_RUN_LIST_COUNT; i++)
        heap->free_runs[i] = HEAP_NO_PAGE;
    for (unsigned i = 0; i < HEAP_CLASS_COUNT; i++)
        heap->partial_slabs[i] = HEAP_NO_PAGE;
    unsigned class = 0;
    for (unsigned bytes = 0; bytes <= HEAP_LARGEST_CLASS_BYTES; bytes += CLASS_STEP) {
        class += bytes > heap_class_bytes[class] ? 1 : 0;
        heap->class_of[bytes / CLASS_STEP] = (uint8_t) class;
    }
    return HEAP_OK;
}

static char *page_address(const struct heap *heap, uint32_t page)
{
    return heap->pages + (uint64_t)page * PAGE_4K_BYTES;
}

/* A new slab, all of it free, in the list of its class; HEAP_NO_PAGE if there is no page. */
static uint32_t slab_new(struct heap *heap, unsigned class)
{
    uint32_t page = heap_run_take(heap, 1, PAGE_4K_BYTES, HEAP_PAGE_SLAB);
    if (page == HEAP_NO_PAGE)
        return HEAP_NO_PAGE;
    struct heap_page *slab = &heap->descriptors[page];
    unsigned capacity = PAGE_4K_BYTES / heap_class_bytes[class];
    slab->class = (uint8_t) class;
    slab->free_objects = (uint16_t)capacity;
    for (unsigned word = 0; word < COUNT_OF(slab->free_bits); word++) {
        unsigned left = capacity > word * 64 ? capacity - word * 64 : 0;
        slab->free_bits[word] = left >= 64 ? UINT64_MAX : (1ull << left) - 1;
    }
    heap_list_add(heap, &heap->partial_slabs[class], page);
    return page;
}

static unsigned take_free_bit(struct heap_page *slab)
{
    unsigned word = 0;
    while (slab->free_bits[word] == 0)
        word++;
    unsigned bit = (unsigned)__builtin_ctzll(slab->free_bits[word]);
    slab->free_bits[word] &= slab->free_bits[word] - 1;
    slab->free_objects--;
    return word * 64 + bit;
}

static void *small_alloc(struct heap *heap, unsigned class)
{
    uint32_t page = heap->partial_slabs[class];
    if (page == HEAP_NO_PAGE)
        page = slab_new(heap, class);
    if (page == HEAP_NO_PAGE)
        return NULL;
    struct heap_page *slab = &heap->descriptors[page];
    unsigned object = take_free_bit(slab);
    if (slab->free_objects == 0)
        heap_list_remove(heap, &heap->partial_slabs[class], page);
    heap->used_bytes += heap_class_bytes[class];
    heap->allocation_count++;
    return page_address(heap, page) + (size_t)object * heap_class_bytes[class];
}

static void *large_alloc(struct heap *heap, size_t alignment, size_t size)
{
    uint64_t pages = size / PAGE_4K_BYTES + (size % PAGE_4K_BYTES != 0 ? 1 : 0);
    uint32_t page = heap_run_take(heap, pages, alignment, HEAP_PAGE_LARGE);
    if (page == HEAP_NO_PAGE)
        return NULL;
    heap->used_bytes += pages * PAGE_4K_BYTES;
    heap->allocation_count++;
    return page_address(heap, page);
}

void *heap_aligned_alloc(struct heap *heap, size_t alignment, size_t size)
{
    ASSERT(!interrupts_in_handler(), "allocation of %zu bytes in an interrupt handler", size);
    ASSERT(alignment != 0 && (alignment & (alignment - 1)) == 0, "alignment %zu is not a power of two", alignment);
    size = size == 0 ? 1 : size;
    if (size > HEAP_LARGEST_CLASS_BYTES || alignment > HEAP_LARGEST_CLASS_BYTES)
        return large_alloc(heap, alignment, size);
    unsigned class = heap->class_of[(size + CLASS_STEP - 1) / CLASS_STEP];
    while (heap_class_bytes[class] % alignment != 0)
        class ++;
    return small_alloc(heap, class);
}

void *heap_alloc(struct heap *heap, size_t size)
{
    return heap_aligned_alloc(heap, CLASS_STEP, size);
}

static void small_free(struct heap *heap, uint32_t page, unsigned offset, void *pointer)
{
    struct heap_page *slab = &heap->descriptors[page];
    unsigned bytes = heap_class_bytes[slab->class];
    unsigned object = offset / bytes;
    ASSERT(offset % bytes == 0 && object < PAGE_4K_BYTES / bytes, "%p lies inside a block of %u bytes", pointer,
           bytes);
    uint64_t bit = 1ull << object % 64;
    ASSERT((slab->free_bits[object / 64] & bit) == 0, "%p (%u bytes) is freed twice", pointer, bytes);
    slab->free_bits[object / 64] |= bit;
    if (slab->free_objects++ == 0)
        heap_list_add(heap, &heap->partial_slabs[slab->class], page);
    heap->used_bytes -= bytes;
    heap->allocation_count--;
    if (slab->free_objects < PAGE_4K_BYTES / bytes)
        return;
    heap_list_remove(heap, &heap->partial_slabs[slab->class], page);
    heap_run_release(heap, page);
}

static void large_free(struct heap *heap, uint32_t page, unsigned offset, void *pointer)
{
    ASSERT(offset == 0, "%p lies inside a block of %u pages", pointer, heap->descriptors[page].run_pages);
    heap->used_bytes -= (uint64_t)heap->descriptors[page].run_pages * PAGE_4K_BYTES;
    heap->allocation_count--;
    heap_run_release(heap, page);
}

void heap_free(struct heap *heap, void *pointer)
{
    ASSERT(!interrupts_in_handler(), "%p freed in an interrupt handler", pointer);
    if (pointer == NULL)
        return;
    uint64_t offset = (uint64_t)(uintptr_t)pointer - (uint64_t)(uintptr_t)heap->pages;
    ASSERT((uintptr_t)pointer >= (uintptr_t)heap->pages && offset / PAGE_4K_BYTES < heap->page_count,
           "%p is foreign: the heap is at %p and has %u pages", pointer, (void *)heap->pages, heap->page_count);
    uint32_t page = (uint32_t)(offset / PAGE_4K_BYTES);
    unsigned inside = (unsigned)(offset % PAGE_4K_BYTES);
    switch ((enum heap_page_kind)heap->descriptors[page].kind) {
    case HEAP_PAGE_SLAB:
        small_free(heap, page, inside, pointer);
        return;
    case HEAP_PAGE_LARGE:
        large_free(heap, page, inside, pointer);
        return;
    case HEAP_PAGE_FREE:
    case HEAP_PAGE_FREE_END:
        panic("%p is not allocated: its page is free", pointer);
    case HEAP_PAGE_INSIDE:
        panic("%p does not begin a block: its page is inside a run", pointer);
    }
    panic("%p: the heap's descriptor of page %u is damaged: kind %u", pointer, page, heap->descriptors[page].kind);
}

struct heap_statistics heap_statistics(const struct heap *heap)
{
    return (struct heap_statistics){
        .mapped_bytes = (heap->page_count + heap->descriptors_mapped) * PAGE_4K_BYTES,
        .used_bytes = heap->used_bytes,
        .allocation_count = heap->allocation_count,
        .limit_bytes = (uint64_t)heap->page_limit * PAGE_4K_BYTES,
    };
}
