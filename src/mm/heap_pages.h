/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/mm/heap.h>
#include <tenorite/mm/page.h>

/*
 * The heap's lower half: runs of pages, found through descriptors.
 *
 *   range:  | descriptors, one a page ->      | pages ->                                  |
 *           | mapped ahead of the pages       | page_count mapped, of page_limit          |
 *
 * A run is free, large (one block of whole pages) or a slab (one page cut into objects of one class). Only the first
 * page of a run, and the last of a free one, say what the run is, so that taking and giving back a run costs the same
 * for every length. Free runs wait in lists by the logarithm of their length.
 *
 * Invariants, verified by heap_check():
 *   H1  Runs follow each other without gaps from page 0 to page_count; pages that neither begin a run nor end a free
 *       one are HEAP_PAGE_INSIDE.
 *   H2  No two free runs are neighbours; the first and the last page of a free run both hold its length.
 *   H3  A run is in the list of its logarithm exactly if it is free; run_lists_used has a bit for each list that is
 *       not empty.
 *   H4  A slab's free_objects is the number of its free bits, none beyond its capacity; it has at least one object
 *       in use; it is in the list of its class exactly if an object is free.
 *   H5  used_bytes and allocation_count are the sums over large runs and objects in use.
 */
enum heap_page_kind { HEAP_PAGE_INSIDE, HEAP_PAGE_FREE, HEAP_PAGE_FREE_END, HEAP_PAGE_LARGE, HEAP_PAGE_SLAB };

enum { HEAP_SLAB_MAX_OBJECTS = PAGE_4K_BYTES / 16, HEAP_GROWTH_PAGES = 16 };
#define HEAP_NO_PAGE UINT32_MAX

struct heap_page {
    uint32_t next, previous; /* in a list of free runs or of slabs */
    uint32_t run_pages;
    uint8_t kind; /* enum heap_page_kind */
    uint8_t class;
    uint16_t free_objects;
    uint64_t free_bits[HEAP_SLAB_MAX_OBJECTS / 64]; /* of a slab: a bit for each object, set if it is free */
};
static_assert(sizeof(struct heap_page) == 48, "about a hundredth of a page");

/* Bytes of an object of each class; see heap.c. */
extern const uint16_t heap_class_bytes[HEAP_CLASS_COUNT];

/* The list that free runs of `pages` pages wait in. */
ALWAYS_INLINE unsigned heap_run_list(uint32_t pages)
{
    return 31 - (unsigned)__builtin_clz(pages);
}

/* Takes a run of `pages` pages whose first address is a multiple of `alignment`, a power of two, and makes it one of
 * `kind`; grows the heap if it must. HEAP_NO_PAGE: there is none, and nothing changed but that pages for descriptors
 * or a longer free run at the end may have been mapped. */
uint32_t heap_run_take(struct heap *heap, uint64_t pages, uint64_t alignment, enum heap_page_kind kind);

/* Makes the large run or the slab that begins at `first` free, and one with its free neighbours. */
void heap_run_release(struct heap *heap, uint32_t first);

void heap_list_add(struct heap *heap, uint32_t *head, uint32_t page);
void heap_list_remove(struct heap *heap, uint32_t *head, uint32_t page);
