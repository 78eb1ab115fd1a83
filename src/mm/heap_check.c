/* SPDX-License-Identifier: MIT */
/* Verifies the invariants of heap_pages.h by walking all runs, and all lists from the other side. */
#include "mm/heap_pages.h"

struct census {
    uint64_t used_bytes;
    uint64_t allocation_count;
    uint64_t free_runs;
    uint64_t partial_slabs;
};

static bool is_inside(const struct heap *heap, uint32_t first, uint32_t end)
{
    for (uint32_t page = first; page < end; page++) {
        if (heap->descriptors[page].kind != HEAP_PAGE_INSIDE)
            return false;
    }
    return true;
}

static const char *check_free_run(const struct heap *heap, uint32_t first, struct census *census)
{
    const struct heap_page *run = &heap->descriptors[first];
    uint32_t last = first + run->run_pages - 1;
    uint32_t before = first == 0 ? HEAP_PAGE_INSIDE : heap->descriptors[first - 1].kind;
    if (before == HEAP_PAGE_FREE || before == HEAP_PAGE_FREE_END)
        return "H2: two free runs are neighbours";
    if (last > first && heap->descriptors[last].kind != HEAP_PAGE_FREE_END)
        return "H2: a free run's last page is not marked";
    if (heap->descriptors[last].run_pages != run->run_pages)
        return "H2: a free run's ends disagree about its length";
    if (last > first && !is_inside(heap, first + 1, last))
        return "H1: a page inside a free run claims to be more";
    census->free_runs++;
    return NULL;
}

static const char *check_slab(const struct heap *heap, uint32_t page, struct census *census)
{
    const struct heap_page *slab = &heap->descriptors[page];
    if (slab->run_pages != 1 || slab->class >= HEAP_CLASS_COUNT)
        return "H4: a slab has a length or class that does not exist";
    unsigned capacity = PAGE_4K_BYTES / heap_class_bytes[slab->class];
    unsigned free_objects = 0;
    for (unsigned object = 0; object < HEAP_SLAB_MAX_OBJECTS; object++) {
        bool is_free = (slab->free_bits[object / 64] >> object % 64 & 1) != 0;
        if (is_free && object >= capacity)
            return "H4: an object beyond a slab's capacity is free";
        free_objects += is_free ? 1 : 0;
    }
    if (free_objects != slab->free_objects || free_objects >= capacity)
        return "H4: a slab miscounts its free objects, or has no other";
    census->used_bytes += (uint64_t)(capacity - free_objects) * heap_class_bytes[slab->class];
    census->allocation_count += capacity - free_objects;
    census->partial_slabs += free_objects > 0 ? 1 : 0;
    return NULL;
}

static const char *check_run(const struct heap *heap, uint32_t first, struct census *census)
{
    const struct heap_page *run = &heap->descriptors[first];
    if (run->run_pages == 0 || run->run_pages > heap->page_count - first)
        return "H1: a run is empty or passes the end of the heap";
    switch ((enum heap_page_kind)run->kind) {
    case HEAP_PAGE_FREE:
        return check_free_run(heap, first, census);
    case HEAP_PAGE_SLAB:
        return check_slab(heap, first, census);
    case HEAP_PAGE_LARGE:
        census->used_bytes += (uint64_t)run->run_pages * PAGE_4K_BYTES;
        census->allocation_count++;
        return is_inside(heap, first + 1, first + run->run_pages) ? NULL
                                                                  : "H1: a page inside a block claims to be more";
    case HEAP_PAGE_FREE_END:
    case HEAP_PAGE_INSIDE:
        break;
    }
    return "H1: a run begins with a page that begins none";
}

/* How many pages of `kind` a list has, each linked both ways and belonging there; a list that is too long, or has
 * anything else in it, counts as endless. */
static uint64_t list_length(const struct heap *heap, uint32_t head, enum heap_page_kind kind, unsigned number)
{
    uint64_t length = 0;
    uint32_t previous = HEAP_NO_PAGE;
    for (uint32_t page = head; page != HEAP_NO_PAGE; page = heap->descriptors[page].next) {
        if (page >= heap->page_count || ++length > heap->page_count)
            return UINT64_MAX;
        const struct heap_page *descriptor = &heap->descriptors[page];
        unsigned belongs = kind == HEAP_PAGE_FREE ? heap_run_list(descriptor->run_pages) : descriptor->class;
        if (descriptor->previous != previous || descriptor->kind != kind || belongs != number)
            return UINT64_MAX;
        if (kind == HEAP_PAGE_SLAB && descriptor->free_objects == 0)
            return UINT64_MAX;
        previous = page;
    }
    return length;
}

static const char *check_lists(const struct heap *heap, const struct census *census)
{
    uint64_t free_runs = 0;
    uint64_t partial_slabs = 0;
    for (unsigned list = 0; list < HEAP_RUN_LIST_COUNT; list++) {
        uint64_t length = list_length(heap, heap->free_runs[list], HEAP_PAGE_FREE, list);
        if (length == UINT64_MAX || (length != 0) != ((heap->run_lists_used >> list & 1) != 0))
            return "H3: a list of free runs is damaged";
        free_runs += length;
    }
    for (unsigned class = 0; class < HEAP_CLASS_COUNT; class ++) {
        uint64_t length = list_length(heap, heap->partial_slabs[class], HEAP_PAGE_SLAB, class);
        if (length == UINT64_MAX)
            return "H4: a list of slabs is damaged";
        partial_slabs += length;
    }
    if (free_runs != census->free_runs)
        return "H3: a free run is in no list";
    return partial_slabs == census->partial_slabs ? NULL : "H4: a slab with a free object is in no list";
}

const char *heap_check(const struct heap *heap)
{
    struct census census = {0};
    for (uint32_t page = 0; page < heap->page_count; page += heap->descriptors[page].run_pages) {
        const char *broken = check_run(heap, page, &census);
        if (broken != NULL)
            return broken;
    }
    if (census.used_bytes != heap->used_bytes || census.allocation_count != heap->allocation_count)
        return "H5: the statistics do not add up";
    return check_lists(heap, &census);
}
