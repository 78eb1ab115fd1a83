/* SPDX-License-Identifier: MIT */
/* Verifies the invariants of heap_blocks.h by walking all runs, and all lists from the other side. */
#include "mm/heap_core.h"

#include <tenorite/mm/mapper.h>

struct census {
    uint64_t mapped_pages;
    uint64_t void_runs;
    uint64_t listed_slabs;
    uint64_t slab_count[HEAP_CLASS_COUNT];
    uint64_t reserve_pages;
};

static bool is_inside(const struct heap *heap, uint32_t first, uint32_t end)
{
    for (uint32_t block = first; block < end; block++) {
        if (heap->blocks[block].kind != HEAP_BLOCK_INSIDE)
            return false;
    }
    return true;
}

static bool is_mapped(const struct heap *heap, const char *page)
{
    return translate(heap->mapper, virt_addr_from_pointer((void *)(uintptr_t)page)).error == MAP_OK;
}

/* H8 for one run: `pages` pages from its start on, and no others. */
static const char *check_pages(const struct heap *heap, uint32_t first, uint64_t pages, struct census *census)
{
    const char *start = heap_block_start(heap, first);
    for (uint64_t page = 0; page < (uint64_t)heap->blocks[first].run_blocks * HEAP_BLOCK_PAGES; page++) {
        if (is_mapped(heap, start + page * PAGE_4K_BYTES) != (page < pages))
            return "H8: a page is mapped without need, or needed and not mapped";
    }
    census->mapped_pages += pages;
    return NULL;
}

static const char *check_void_run(const struct heap *heap, uint32_t first, struct census *census)
{
    const struct heap_block *run = &heap->blocks[first];
    uint32_t last = first + run->run_blocks - 1;
    uint32_t before = first == 0 ? HEAP_BLOCK_INSIDE : heap->blocks[first - 1].kind;
    if (before == HEAP_BLOCK_VOID || before == HEAP_BLOCK_VOID_END)
        return "H2: two void runs are neighbours";
    if (last > first && heap->blocks[last].kind != HEAP_BLOCK_VOID_END)
        return "H2: a void run's last block is not marked";
    if (heap->blocks[last].run_blocks != run->run_blocks)
        return "H2: a void run's ends disagree about its length";
    if (last > first && !is_inside(heap, first + 1, last))
        return "H1: a block inside a void run claims to be more";
    if (last == heap->block_count - 1)
        return "H1: the last run is void";
    census->void_runs++;
    return check_pages(heap, first, 0, census);
}

/* How many of a slab's objects its class has cached. */
static unsigned cached_objects(const struct heap_class *class, uint32_t block)
{
    unsigned count = 0;
    for (uint32_t i = class->first_cached; i != class->end_cached; i++)
        count += class->cached[i % HEAP_CACHE_SLOTS].block == block ? 1 : 0;
    return count;
}

static const char *check_slab(const struct heap *heap, uint32_t block, struct census *census)
{
    const struct heap_block *slab = &heap->blocks[block];
    if (slab->run_blocks != 1 || slab->class >= HEAP_CLASS_COUNT)
        return "H4: a slab has a length or class that does not exist";
    const struct heap_class *class = &heap->classes[slab->class];
    unsigned free_objects = 0;
    for (unsigned object = 0; object < HEAP_SLAB_MAX_OBJECTS; object++) {
        bool is_free = (slab->free_bits[object / 64] >> object % 64 & 1) != 0;
        if (is_free && object >= class->capacity)
            return "H4: an object beyond a slab's capacity is free";
        free_objects += is_free ? 1 : 0;
    }
    if (free_objects + slab->in_use != class->capacity)
        return "H4: a slab miscounts its objects";
    if (slab->in_use == 0 && class->slab_count > 1)
        return "H4: a slab without an object in use is not the only one";
    if (slab->next == HEAP_UNLISTED && free_objects != cached_objects(class, block))
        return "H5: a slab with a free object is neither listed nor cached";
    if (slab->next != HEAP_UNLISTED && free_objects == 0)
        return "H5: a slab without a free object is listed";
    census->listed_slabs += slab->next != HEAP_UNLISTED ? 1 : 0;
    census->slab_count[slab->class]++;
    return check_pages(heap, block, class->pages, census);
}

static const char *check_large(const struct heap *heap, uint32_t first, struct census *census)
{
    const struct heap_block *run = &heap->blocks[first];
    if (run->pages == 0 || (run->pages - 1) / HEAP_BLOCK_PAGES + 1 != run->run_blocks)
        return "H1: a large run's blocks do not fit its pages";
    if (!is_inside(heap, first + 1, first + run->run_blocks))
        return "H1: a block inside a large run claims to be more";
    return check_pages(heap, first, run->pages, census);
}

static const char *check_reserved(const struct heap *heap, uint32_t block, struct census *census)
{
    const struct heap_block *reserved = &heap->blocks[block];
    if (reserved->pages == 0 || reserved->pages > HEAP_BLOCK_PAGES || reserved->run_blocks != 1)
        return "H7: a block in the reserve has a length that does not exist";
    census->reserve_pages += reserved->pages;
    return check_pages(heap, block, reserved->pages, census);
}

static const char *check_run(const struct heap *heap, uint32_t first, struct census *census)
{
    const struct heap_block *run = &heap->blocks[first];
    if (run->run_blocks == 0 || run->run_blocks > heap->block_count - first)
        return "H1: a run is empty or passes the end of the heap";
    switch ((enum heap_block_kind)run->kind) {
    case HEAP_BLOCK_VOID:
        return check_void_run(heap, first, census);
    case HEAP_BLOCK_SLAB:
        return check_slab(heap, first, census);
    case HEAP_BLOCK_LARGE:
        return check_large(heap, first, census);
    case HEAP_BLOCK_RESERVE:
        return check_reserved(heap, first, census);
    case HEAP_BLOCK_VOID_END:
    case HEAP_BLOCK_INSIDE:
        break;
    }
    return "H1: a run begins with a block that begins none";
}

enum { LIST_IS_DAMAGED = -1 };

/* How many blocks of `kind` a list has, each linked both ways; a list that is too long, or has anything else in it, is
 * damaged. */
static int64_t list_length(const struct heap *heap, uint32_t head, enum heap_block_kind kind)
{
    int64_t length = 0;
    uint32_t previous = HEAP_NO_BLOCK;
    for (uint32_t block = head; block != HEAP_NO_BLOCK; block = heap->blocks[block].next) {
        if (block >= heap->block_count || ++length > heap->block_count)
            return LIST_IS_DAMAGED;
        if (heap->blocks[block].previous != previous || heap->blocks[block].kind != kind)
            return LIST_IS_DAMAGED;
        previous = block;
    }
    return length;
}

static const char *check_void_lists(const struct heap *heap, const struct census *census)
{
    uint64_t count = 0;
    for (unsigned list = 0; list < HEAP_RUN_LIST_COUNT; list++) {
        int64_t length = list_length(heap, heap->void_runs[list], HEAP_BLOCK_VOID);
        if (length == LIST_IS_DAMAGED || (length != 0) != ((heap->run_lists_used >> list & 1) != 0))
            return "H3: a list of void runs is damaged";
        for (uint32_t run = heap->void_runs[list]; run != HEAP_NO_BLOCK; run = heap->blocks[run].next) {
            if (heap_run_list(heap->blocks[run].run_blocks) != list)
                return "H3: a void run is in another length's list";
        }
        count += (uint64_t)length;
    }
    return count == census->void_runs ? NULL : "H3: a void run is in no list";
}

static const char *check_cache(const struct heap *heap, const struct heap_class *class)
{
    if (class->end_cached - class->first_cached > class->cache_limit)
        return "H6: a class has cached too many objects";
    for (uint32_t i = class->first_cached; i != class->end_cached; i++) {
        struct heap_free_object object = class->cached[i % HEAP_CACHE_SLOTS];
        const struct heap_block *slab = &heap->blocks[object.block];
        if (object.block >= heap->block_count || slab->kind != HEAP_BLOCK_SLAB ||
            &heap->classes[slab->class] != class || object.object >= class->capacity)
            return "H6: a cached object is none of its class";
        if ((slab->free_bits[object.object / 64] >> object.object % 64 & 1) == 0)
            return "H6: a cached object is not free";
        for (uint32_t j = class->first_cached; j != i; j++) {
            struct heap_free_object other = class->cached[j % HEAP_CACHE_SLOTS];
            if (other.block == object.block && other.object == object.object)
                return "H6: an object is cached twice";
        }
    }
    return NULL;
}

static const char *check_classes(const struct heap *heap, const struct census *census)
{
    uint64_t listed = 0;
    for (unsigned i = 0; i < HEAP_CLASS_COUNT; i++) {
        const struct heap_class *class = &heap->classes[i];
        int64_t length = list_length(heap, class->partial_slabs, HEAP_BLOCK_SLAB);
        if (length == LIST_IS_DAMAGED)
            return "H5: a list of slabs is damaged";
        for (uint32_t slab = class->partial_slabs; slab != HEAP_NO_BLOCK; slab = heap->blocks[slab].next) {
            if (heap->blocks[slab].class != i)
                return "H5: a slab is in another class's list";
        }
        if (census->slab_count[i] != class->slab_count)
            return "H4: a class miscounts its slabs";
        listed += (uint64_t)length;
    }
    return listed == census->listed_slabs ? NULL : "H5: a slab that should be in a list is not";
}

static const char *check_caches(const struct heap *heap)
{
    const char *broken = NULL;
    for (unsigned i = 0; i < HEAP_CLASS_COUNT && broken == NULL; i++)
        broken = check_cache(heap, &heap->classes[i]);
    return broken;
}

static const char *check_reserve(const struct heap *heap, const struct census *census)
{
    uint64_t pages = 0;
    for (unsigned list = 0; list < HEAP_BLOCK_PAGES; list++) {
        int64_t length = list_length(heap, heap->reserve[list], HEAP_BLOCK_RESERVE);
        if (length == LIST_IS_DAMAGED || length != heap->reserve_count[list])
            return "H7: a list of the reserve is damaged";
        for (uint32_t block = heap->reserve[list]; block != HEAP_NO_BLOCK; block = heap->blocks[block].next) {
            if (heap->blocks[block].pages != list + 1)
                return "H7: a block is in another length's list of the reserve";
        }
        pages += (uint64_t)length * (list + 1);
    }
    if (pages != census->reserve_pages || pages != heap->reserve_pages)
        return "H7: reserve_pages does not add up";
    if (pages > HEAP_RESERVE_PAGES + heap->mapped_pages / HEAP_RESERVE_SHARE)
        return "H7: the reserve exceeds its limit";
    return NULL;
}

static const char *check_descriptors(const struct heap *heap)
{
    if (heap->descriptor_pages * PAGE_4K_BYTES < (uint64_t)heap->block_count * sizeof(struct heap_block))
        return "H8: there are not enough descriptors";
    for (uint64_t page = 0; page < heap->descriptor_pages; page++) {
        if (!is_mapped(heap, (const char *)heap->blocks + page * PAGE_4K_BYTES))
            return "H8: a page of descriptors is not mapped";
    }
    return NULL;
}

const char *heap_check(const struct heap *heap)
{
    struct census census = {.mapped_pages = heap->descriptor_pages};
    const char *broken = check_descriptors(heap);
    if (broken == NULL)
        broken = check_caches(heap);
    for (uint32_t block = 0; block < heap->block_count && broken == NULL; block += heap->blocks[block].run_blocks)
        broken = check_run(heap, block, &census);
    if (broken == NULL && census.mapped_pages != heap->mapped_pages)
        broken = "H8: mapped_pages does not add up";
    if (broken == NULL)
        broken = check_void_lists(heap, &census);
    if (broken == NULL)
        broken = check_classes(heap, &census);
    if (broken == NULL)
        broken = check_reserve(heap, &census);
    return broken == NULL && TENORITE_DEBUG ? heap_debug_check(heap) : broken;
}
