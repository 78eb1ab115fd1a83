/* SPDX-License-Identifier: MIT */
#include "mm/heap_blocks.h"

#include <tenorite/lib/panic.h>
#include <tenorite/mm/frames.h>
#include <tenorite/mm/mapper.h>

/* Runs of the fitting list that are looked at before a longer one is cut, or the described part grows: they may be a
 * little too short. When it cannot grow, all are looked at. */
enum { RUNS_TO_TRY = 8 };

void heap_list_add(struct heap *heap, uint32_t *head, uint32_t block)
{
    struct heap_block *descriptor = &heap->blocks[block];
    descriptor->next = *head;
    descriptor->previous = HEAP_NO_BLOCK;
    if (*head != HEAP_NO_BLOCK)
        heap->blocks[*head].previous = block;
    *head = block;
}

void heap_list_remove(struct heap *heap, uint32_t *head, uint32_t block)
{
    struct heap_block *descriptor = &heap->blocks[block];
    if (descriptor->previous == HEAP_NO_BLOCK)
        *head = descriptor->next;
    else
        heap->blocks[descriptor->previous].next = descriptor->next;
    if (descriptor->next != HEAP_NO_BLOCK)
        heap->blocks[descriptor->next].previous = descriptor->previous;
}

static page_4k page_at(const char *start, uint64_t number)
{
    return page_4k_at(virt_addr_from_pointer((void *)(uintptr_t)(start + number * PAGE_4K_BYTES)));
}

static void unmap_pages(struct heap *heap, const char *start, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        page_4k page = page_at(start, i);
        struct unmapped_4k removed = flush(unmap(heap->mapper, page));
        ASSERT(removed.error == MAP_OK, "heap page %#llx: %s", (unsigned long long)page.start.value,
               map_error_name(removed.error));
        frames_free_4k(heap->frames, removed.frame);
    }
    heap->mapped_pages -= count;
}

static bool map_page(struct heap *heap, page_4k page)
{
    struct frame_allocation_4k allocation = frames_alloc_4k(heap->frames);
    if (!allocation.is_valid)
        return false;
    enum map_error error =
        flush(map_to(heap->mapper, page, allocation.frame, PAGE_FLAGS(PRESENT, WRITABLE, NO_EXECUTE)));
    if (error == MAP_OK) {
        heap->mapped_pages++;
        return true;
    }
    frames_free_4k(heap->frames, allocation.frame);
    ASSERT(error == MAP_NO_FRAME, "heap page %#llx: %s", (unsigned long long)page.start.value, map_error_name(error));
    return false;
}

/* Maps all of the pages or none. Tables that were needed stay for the next attempt. What cannot be done for want of
 * frames is refused before one is taken, unless it is tables that they are missing for. */
static bool map_pages(struct heap *heap, const char *start, uint64_t count)
{
    if (count > frames_statistics(heap->frames).free_count)
        return false;
    for (uint64_t i = 0; i < count; i++) {
        if (map_page(heap, page_at(start, i)))
            continue;
        unmap_pages(heap, start, i);
        return false;
    }
    return true;
}

static uint64_t descriptor_pages_for(uint64_t blocks)
{
    return (blocks * sizeof(struct heap_block) + PAGE_4K_BYTES - 1) / PAGE_4K_BYTES;
}

static const char *descriptor_page(const struct heap *heap, uint64_t number)
{
    return (const char *)heap->blocks + number * PAGE_4K_BYTES;
}

/* Describes `count` more blocks, which no run claims yet. */
static bool describe_blocks(struct heap *heap, uint64_t count)
{
    if (count > heap->block_limit - heap->block_count)
        return false;
    uint64_t needed = descriptor_pages_for(heap->block_count + count);
    if (needed > heap->descriptor_pages) {
        const char *start = descriptor_page(heap, heap->descriptor_pages);
        if (!map_pages(heap, start, needed - heap->descriptor_pages))
            return false;
        heap->descriptor_pages = needed;
    }
    for (uint64_t i = 0; i < count; i++)
        heap->blocks[heap->block_count++] = (struct heap_block){.kind = HEAP_BLOCK_INSIDE};
    return true;
}

/* Describes only `count` blocks from now on; one page of descriptors more than needed stays. */
static void forget_blocks_from(struct heap *heap, uint32_t count)
{
    heap->block_count = count;
    uint64_t kept = descriptor_pages_for(count) + 1;
    if (heap->descriptor_pages <= kept)
        return;
    unmap_pages(heap, descriptor_page(heap, kept), heap->descriptor_pages - kept);
    heap->descriptor_pages = kept;
}

/* Makes blocks that no run claims a void run without looking at its neighbours. */
static void add_void_run(struct heap *heap, uint32_t first, uint32_t blocks)
{
    struct heap_block *last = &heap->blocks[first + blocks - 1];
    unsigned list = heap_run_list(blocks);
    last->kind = HEAP_BLOCK_VOID_END;
    last->run_blocks = blocks;
    heap->blocks[first].kind = HEAP_BLOCK_VOID;
    heap->blocks[first].run_blocks = blocks;
    heap_list_add(heap, &heap->void_runs[list], first);
    heap->run_lists_used |= 1u << list;
}

/* The reverse: all blocks of the run are HEAP_BLOCK_INSIDE afterwards. Returns its length. */
static uint32_t remove_void_run(struct heap *heap, uint32_t first)
{
    uint32_t blocks = heap->blocks[first].run_blocks;
    unsigned list = heap_run_list(blocks);
    heap_list_remove(heap, &heap->void_runs[list], first);
    if (heap->void_runs[list] == HEAP_NO_BLOCK)
        heap->run_lists_used &= ~(1u << list);
    heap->blocks[first].kind = HEAP_BLOCK_INSIDE;
    heap->blocks[first + blocks - 1].kind = HEAP_BLOCK_INSIDE;
    return blocks;
}

/* The first block of the void run that ends before `block`, or `block` if there is none. */
static uint32_t void_run_before(const struct heap *heap, uint32_t block)
{
    if (block == 0)
        return block;
    const struct heap_block *last = &heap->blocks[block - 1];
    if (last->kind == HEAP_BLOCK_VOID)
        return block - 1;
    return last->kind == HEAP_BLOCK_VOID_END ? block - last->run_blocks : block;
}

/* Gives up blocks in which nothing is mapped: they become one void run with their void neighbours (H2), or the end of
 * what is described (H1). */
static void void_release(struct heap *heap, uint32_t first, uint32_t blocks)
{
    uint32_t before = void_run_before(heap, first);
    uint32_t behind = first + blocks;
    heap->blocks[first].kind = HEAP_BLOCK_INSIDE;
    if (before != first)
        blocks += remove_void_run(heap, before);
    if (behind == heap->block_count) {
        forget_blocks_from(heap, before);
        return;
    }
    if (heap->blocks[behind].kind == HEAP_BLOCK_VOID)
        blocks += remove_void_run(heap, behind);
    add_void_run(heap, before, blocks);
}

/* The first block of a void run of at least `blocks`, which is not 0. Looks at RUNS_TO_TRY runs that may be too short
 * before it cuts one that cannot be. */
static uint32_t find_void_run(const struct heap *heap, uint64_t blocks)
{
    if (blocks > heap->block_count)
        return HEAP_NO_BLOCK;
    unsigned list = heap_run_list((uint32_t)blocks);
    uint32_t candidate = heap->void_runs[list];
    for (unsigned tries = RUNS_TO_TRY; tries > 0 && candidate != HEAP_NO_BLOCK; tries--) {
        if (heap->blocks[candidate].run_blocks >= blocks)
            return candidate;
        candidate = heap->blocks[candidate].next;
    }
    uint32_t longer = list == HEAP_RUN_LIST_COUNT - 1 ? 0 : heap->run_lists_used >> (list + 1) << (list + 1);
    return longer == 0 ? HEAP_NO_BLOCK : heap->void_runs[__builtin_ctz(longer)];
}

/* How many blocks after block `first` an address that is a multiple of `alignment` begins one. */
static uint64_t blocks_until_aligned(const struct heap *heap, uint32_t first, uint64_t alignment)
{
    return (-(uint64_t)(uintptr_t)heap_block_start(heap, first) & (alignment - 1)) / HEAP_BLOCK_BYTES;
}

/* A void run that holds `blocks` blocks from a multiple of `alignment` on, if there is any: looks at all of them. */
static uint32_t find_fitting_run(const struct heap *heap, uint64_t blocks, uint64_t alignment)
{
    if (blocks > heap->block_count)
        return HEAP_NO_BLOCK;
    for (unsigned list = heap_run_list((uint32_t)blocks); list < HEAP_RUN_LIST_COUNT; list++) {
        for (uint32_t run = heap->void_runs[list]; run != HEAP_NO_BLOCK; run = heap->blocks[run].next) {
            if (blocks_until_aligned(heap, run, alignment) + blocks <= heap->blocks[run].run_blocks)
                return run;
        }
    }
    return HEAP_NO_BLOCK;
}

/* Takes blocks from behind the last run. */
static uint32_t void_take_at_end(struct heap *heap, uint64_t blocks, uint64_t alignment)
{
    uint32_t end = heap->block_count;
    uint64_t in_front = blocks_until_aligned(heap, end, alignment);
    if (!describe_blocks(heap, in_front + blocks))
        return HEAP_NO_BLOCK;
    if (in_front > 0)
        add_void_run(heap, end, (uint32_t)in_front);
    return end + (uint32_t)in_front;
}

static uint32_t void_take_from(struct heap *heap, uint32_t run, uint64_t blocks, uint64_t alignment)
{
    uint32_t length = remove_void_run(heap, run);
    uint32_t in_front = (uint32_t)blocks_until_aligned(heap, run, alignment);
    uint32_t behind = length - in_front - (uint32_t)blocks;
    uint32_t first = run + in_front;
    if (in_front > 0)
        add_void_run(heap, run, in_front);
    if (behind > 0)
        add_void_run(heap, first + (uint32_t)blocks, behind);
    return first;
}

/* Takes `blocks` blocks of addresses, in which nothing is mapped. At first only runs are looked for that are long
 * enough wherever they lie. */
static uint32_t void_take(struct heap *heap, uint64_t blocks, uint64_t alignment)
{
    uint64_t searched = blocks + (alignment > HEAP_BLOCK_BYTES ? alignment / HEAP_BLOCK_BYTES - 1 : 0);
    uint32_t run = find_void_run(heap, searched);
    if (run == HEAP_NO_BLOCK) {
        uint32_t first = void_take_at_end(heap, blocks, alignment);
        if (first != HEAP_NO_BLOCK)
            return first;
        run = find_fitting_run(heap, blocks, alignment);
    }
    return run == HEAP_NO_BLOCK ? HEAP_NO_BLOCK : void_take_from(heap, run, blocks, alignment);
}

static uint32_t reserve_pop(struct heap *heap, unsigned list)
{
    uint32_t block = heap->reserve[list];
    heap_list_remove(heap, &heap->reserve[list], block);
    heap->reserve_count[list]--;
    heap->reserve_pages -= list + 1;
    return block;
}

/* Unmaps one block of the list that holds the most pages. */
static void reserve_evict(struct heap *heap)
{
    unsigned fullest = 0;
    for (unsigned list = 1; list < HEAP_BLOCK_PAGES; list++) {
        if (heap->reserve_count[list] * (list + 1) > heap->reserve_count[fullest] * (fullest + 1))
            fullest = list;
    }
    uint32_t block = reserve_pop(heap, fullest);
    unmap_pages(heap, heap_block_start(heap, block), fullest + 1);
    void_release(heap, block, 1);
}

static void reserve_push(struct heap *heap, uint32_t block, uint64_t pages)
{
    heap->blocks[block].kind = HEAP_BLOCK_RESERVE;
    heap->blocks[block].pages = pages;
    heap_list_add(heap, &heap->reserve[pages - 1], block);
    heap->reserve_count[pages - 1]++;
    heap->reserve_pages += pages;
}

/* After the reserve grew, or what is mapped became less. */
static void reserve_evict_excess(struct heap *heap)
{
    while (heap->reserve_pages > HEAP_RESERVE_PAGES + heap->mapped_pages / HEAP_RESERVE_SHARE)
        reserve_evict(heap);
}

void heap_reserve_empty(struct heap *heap)
{
    while (heap->reserve_pages > 0)
        reserve_evict(heap);
}

static uint64_t blocks_for(uint64_t pages)
{
    return (pages + HEAP_BLOCK_PAGES - 1) / HEAP_BLOCK_PAGES;
}

static uint32_t take_mapped(struct heap *heap, uint64_t pages, uint64_t alignment)
{
    uint64_t blocks = blocks_for(pages);
    uint32_t first = void_take(heap, blocks, alignment);
    if (first == HEAP_NO_BLOCK || map_pages(heap, heap_block_start(heap, first), pages))
        return first;
    void_release(heap, first, (uint32_t)blocks);
    return HEAP_NO_BLOCK;
}

/* The same, after giving back what the heap keeps without need if it must. */
static uint32_t take_mapped_after_trim(struct heap *heap, uint64_t pages, uint64_t alignment)
{
    uint32_t first = take_mapped(heap, pages, alignment);
    uint64_t mapped_before = heap->mapped_pages;
    if (first != HEAP_NO_BLOCK)
        return first;
    heap_slabs_release_empty(heap);
    heap_reserve_empty(heap);
    return heap->mapped_pages < mapped_before ? take_mapped(heap, pages, alignment) : HEAP_NO_BLOCK;
}

uint32_t heap_run_take(struct heap *heap, uint64_t pages, uint64_t alignment, enum heap_block_kind kind)
{
    uint32_t first;
    if (blocks_for(pages) > heap->block_limit)
        return HEAP_NO_BLOCK;
    if (pages <= HEAP_BLOCK_PAGES && alignment <= HEAP_BLOCK_BYTES && heap->reserve_count[pages - 1] > 0)
        first = reserve_pop(heap, (unsigned)pages - 1);
    else
        first = take_mapped_after_trim(heap, pages, alignment);
    if (first == HEAP_NO_BLOCK)
        return HEAP_NO_BLOCK;
    heap->blocks[first].kind = kind;
    heap->blocks[first].run_blocks = (uint32_t)blocks_for(pages);
    return first;
}

void heap_run_release(struct heap *heap, uint32_t block, uint64_t pages)
{
    if (pages <= HEAP_BLOCK_PAGES) {
        reserve_push(heap, block, pages);
    } else {
        unmap_pages(heap, heap_block_start(heap, block), pages);
        void_release(heap, block, heap->blocks[block].run_blocks);
    }
    reserve_evict_excess(heap);
}

/* Takes the `blocks` blocks that begin at `first`, if no other run claims them. */
static bool void_take_at(struct heap *heap, uint32_t first, uint64_t blocks)
{
    if (first == heap->block_count)
        return describe_blocks(heap, blocks);
    if (heap->blocks[first].kind != HEAP_BLOCK_VOID || heap->blocks[first].run_blocks < blocks)
        return false;
    void_take_from(heap, first, blocks, 1);
    return true;
}

static bool grow_run(struct heap *heap, uint32_t block, uint64_t pages)
{
    struct heap_block *run = &heap->blocks[block];
    uint64_t more_blocks = blocks_for(pages) - run->run_blocks;
    uint32_t behind = block + run->run_blocks;
    if (more_blocks > 0 && !void_take_at(heap, behind, more_blocks))
        return false;
    const char *end = heap_block_start(heap, block) + run->pages * PAGE_4K_BYTES;
    if (map_pages(heap, end, pages - run->pages)) {
        run->run_blocks += (uint32_t)more_blocks;
        run->pages = pages;
        return true;
    }
    if (more_blocks > 0)
        void_release(heap, behind, (uint32_t)more_blocks);
    return false;
}

static void shrink_run(struct heap *heap, uint32_t block, uint64_t pages)
{
    struct heap_block *run = &heap->blocks[block];
    uint32_t blocks = (uint32_t)blocks_for(pages);
    uint32_t fewer_blocks = run->run_blocks - blocks;
    unmap_pages(heap, heap_block_start(heap, block) + pages * PAGE_4K_BYTES, run->pages - pages);
    run->pages = pages;
    run->run_blocks = blocks;
    if (fewer_blocks > 0)
        void_release(heap, block + blocks, fewer_blocks);
    reserve_evict_excess(heap);
}

bool heap_run_resize(struct heap *heap, uint32_t block, uint64_t pages)
{
    if (pages > heap->blocks[block].pages)
        return pages <= (uint64_t)heap->block_limit * HEAP_BLOCK_PAGES && grow_run(heap, block, pages);
    shrink_run(heap, block, pages);
    return true;
}
