/* SPDX-License-Identifier: MIT */
#include "mm/heap_pages.h"

#include <tenorite/mm/frames.h>
#include <tenorite/mm/mapper.h>

/* Runs of the fitting list that are looked at before a longer one is cut, or the heap grows: they may be a little too
 * short. When the heap cannot grow, all are looked at. */
enum { RUNS_TO_TRY = 8 };

void heap_list_add(struct heap *heap, uint32_t *head, uint32_t page)
{
    struct heap_page *descriptor = &heap->descriptors[page];
    descriptor->next = *head;
    descriptor->previous = HEAP_NO_PAGE;
    if (*head != HEAP_NO_PAGE)
        heap->descriptors[*head].previous = page;
    *head = page;
}

void heap_list_remove(struct heap *heap, uint32_t *head, uint32_t page)
{
    struct heap_page *descriptor = &heap->descriptors[page];
    if (descriptor->previous == HEAP_NO_PAGE)
        *head = descriptor->next;
    else
        heap->descriptors[descriptor->previous].next = descriptor->next;
    if (descriptor->next != HEAP_NO_PAGE)
        heap->descriptors[descriptor->next].previous = descriptor->previous;
}

/* Makes pages that no run claims a free run without looking at its neighbours. */
static void add_free_run(struct heap *heap, uint32_t first, uint32_t pages)
{
    struct heap_page *last = &heap->descriptors[first + pages - 1];
    unsigned list = heap_run_list(pages);
    last->kind = HEAP_PAGE_FREE_END;
    last->run_pages = pages;
    heap->descriptors[first].kind = HEAP_PAGE_FREE;
    heap->descriptors[first].run_pages = pages;
    heap_list_add(heap, &heap->free_runs[list], first);
    heap->run_lists_used |= 1u << list;
}

/* The reverse: all pages of the run are HEAP_PAGE_INSIDE afterwards. Returns its length. */
static uint32_t remove_free_run(struct heap *heap, uint32_t first)
{
    uint32_t pages = heap->descriptors[first].run_pages;
    unsigned list = heap_run_list(pages);
    heap_list_remove(heap, &heap->free_runs[list], first);
    if (heap->free_runs[list] == HEAP_NO_PAGE)
        heap->run_lists_used &= ~(1u << list);
    heap->descriptors[first].kind = HEAP_PAGE_INSIDE;
    heap->descriptors[first + pages - 1].kind = HEAP_PAGE_INSIDE;
    return pages;
}

/* The first page of the free run that ends before `page`, or `page` if there is none. */
static uint32_t free_run_before(const struct heap *heap, uint32_t page)
{
    if (page == 0)
        return page;
    const struct heap_page *last = &heap->descriptors[page - 1];
    if (last->kind == HEAP_PAGE_FREE)
        return page - 1;
    return last->kind == HEAP_PAGE_FREE_END ? page - last->run_pages : page;
}

/* Adds unclaimed pages as a free run, joined with free neighbours (H2). */
static void add_joined_run(struct heap *heap, uint32_t first, uint32_t pages)
{
    uint32_t before = free_run_before(heap, first);
    uint32_t behind = first + pages;
    if (before != first)
        pages += remove_free_run(heap, before);
    if (behind < heap->page_count && heap->descriptors[behind].kind == HEAP_PAGE_FREE)
        pages += remove_free_run(heap, behind);
    add_free_run(heap, before, pages);
}

void heap_run_release(struct heap *heap, uint32_t first)
{
    uint32_t pages = heap->descriptors[first].run_pages;
    heap->descriptors[first].kind = HEAP_PAGE_INSIDE;
    add_joined_run(heap, first, pages);
}

static void unmap_pages(struct heap *heap, virt_addr start, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        page_4k page = page_4k_at(virt_addr_new(start.value + i * PAGE_4K_BYTES));
        struct unmapped_4k removed = flush(unmap(heap->mapper, page));
        ASSERT(removed.error == MAP_OK, "heap page %#llx: %s", (unsigned long long)page.start.value,
               map_error_name(removed.error));
        frames_free_4k(heap->frames, removed.frame);
    }
}

static bool map_page(struct heap *heap, page_4k page)
{
    struct frame_allocation_4k allocation = frames_alloc_4k(heap->frames);
    if (!allocation.is_valid)
        return false;
    enum map_error error =
        flush(map_to(heap->mapper, page, allocation.frame, PAGE_FLAGS(PRESENT, WRITABLE, NO_EXECUTE)));
    if (error == MAP_OK)
        return true;
    frames_free_4k(heap->frames, allocation.frame);
    ASSERT(error == MAP_NO_FRAME, "heap page %#llx: %s", (unsigned long long)page.start.value, map_error_name(error));
    return false;
}

/* Maps all of the pages or none. Tables that were needed stay for the next attempt. */
static bool map_pages(struct heap *heap, virt_addr start, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        if (map_page(heap, page_4k_at(virt_addr_new(start.value + i * PAGE_4K_BYTES))))
            continue;
        unmap_pages(heap, start, i);
        return false;
    }
    return true;
}

/* How many pages of descriptors are not mapped yet but needed for pages 0 to `page_count`. */
static uint64_t missing_descriptor_pages(const struct heap *heap, uint64_t page_count)
{
    uint64_t needed = (page_count * sizeof(struct heap_page) + PAGE_4K_BYTES - 1) / PAGE_4K_BYTES;
    return needed > heap->descriptors_mapped ? needed - heap->descriptors_mapped : 0;
}

static bool map_descriptors(struct heap *heap, uint64_t count)
{
    virt_addr start = virt_addr_from_pointer((char *)heap->descriptors + heap->descriptors_mapped * PAGE_4K_BYTES);
    if (!map_pages(heap, start, count))
        return false;
    heap->descriptors_mapped += count;
    return true;
}

/* Maps `pages` more pages and adds them to the free runs; or changes nothing that a caller can see. What cannot be
 * done for want of frames is refused before a frame is taken, unless it is page tables that they are missing for. */
static bool grow(struct heap *heap, uint64_t pages)
{
    uint32_t first = heap->page_count;
    if (pages > heap->page_limit - heap->page_count)
        return false;
    uint64_t descriptor_pages = missing_descriptor_pages(heap, first + pages);
    if (frames_statistics(heap->frames).free_count < descriptor_pages + pages)
        return false;
    if (!map_descriptors(heap, descriptor_pages))
        return false;
    if (!map_pages(heap, virt_addr_from_pointer(heap->pages + (uint64_t)first * PAGE_4K_BYTES), pages))
        return false;
    for (uint64_t page = first; page < first + pages; page++)
        heap->descriptors[page] = (struct heap_page){.kind = HEAP_PAGE_INSIDE};
    heap->page_count += (uint32_t)pages;
    add_joined_run(heap, first, (uint32_t)pages);
    return true;
}

/* The first page of a free run of at least `pages`, which is not 0. Looks at `tries` runs that may be too short before
 * it cuts one that cannot be. */
static uint32_t find_run(const struct heap *heap, uint64_t pages, uint32_t tries)
{
    if (pages > heap->page_count)
        return HEAP_NO_PAGE;
    unsigned list = heap_run_list((uint32_t)pages);
    uint32_t candidate = heap->free_runs[list];
    for (; tries > 0 && candidate != HEAP_NO_PAGE; tries--) {
        if (heap->descriptors[candidate].run_pages >= pages)
            return candidate;
        candidate = heap->descriptors[candidate].next;
    }
    uint32_t longer = list == 31 ? 0 : heap->run_lists_used >> (list + 1) << (list + 1);
    return longer == 0 ? HEAP_NO_PAGE : heap->free_runs[__builtin_ctz(longer)];
}

/* Grows so that a run of `pages` exists: a good deal at once, or only what is missing at the end. */
static bool grow_for(struct heap *heap, uint64_t pages)
{
    uint32_t free_at_end = heap->page_count - free_run_before(heap, heap->page_count);
    uint64_t missing = pages > free_at_end ? pages - free_at_end : pages;
    if (missing < HEAP_GROWTH_PAGES && grow(heap, HEAP_GROWTH_PAGES))
        return true;
    return grow(heap, missing);
}

uint32_t heap_run_take(struct heap *heap, uint64_t pages, uint64_t alignment, enum heap_page_kind kind)
{
    uint64_t searched = pages + (alignment > PAGE_4K_BYTES ? alignment / PAGE_4K_BYTES - 1 : 0);
    if (pages > heap->page_limit || searched > heap->page_limit)
        return HEAP_NO_PAGE;
    uint32_t found = find_run(heap, searched, RUNS_TO_TRY);
    if (found == HEAP_NO_PAGE) {
        uint32_t tries = grow_for(heap, searched) ? RUNS_TO_TRY : UINT32_MAX;
        found = find_run(heap, searched, tries);
    }
    if (found == HEAP_NO_PAGE)
        return HEAP_NO_PAGE;
    uint32_t length = remove_free_run(heap, found);
    uint64_t address = (uint64_t)(uintptr_t)heap->pages + (uint64_t)found * PAGE_4K_BYTES;
    uint32_t in_front = (uint32_t)((-address & (alignment - 1)) / PAGE_4K_BYTES);
    uint32_t behind = length - in_front - (uint32_t)pages;
    uint32_t first = found + in_front;
    if (in_front > 0)
        add_free_run(heap, found, in_front);
    if (behind > 0)
        add_free_run(heap, first + (uint32_t)pages, behind);
    heap->descriptors[first].kind = kind;
    heap->descriptors[first].run_pages = (uint32_t)pages;
    return first;
}
