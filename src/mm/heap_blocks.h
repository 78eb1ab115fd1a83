/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/mm/heap.h>
#include <tenorite/mm/page.h>

/*
 * The heap's lower half: blocks of 16 KiB of addresses, found through descriptors, and the pages mapped in them.
 *
 *   range:  | descriptors, one a block ->     | blocks ->                                    |
 *           | mapped for block_count blocks   | block_count described, of block_limit        |
 *
 * Addresses are plenty, frames are not. So a block is always 16 KiB of addresses, of which only as many pages as its
 * use needs are mapped, from its start on: a slab (objects of one class) has 1 to 4, a large run (one allocation of
 * whole pages, over as many blocks as that takes) ends in a block that may be partly mapped, a void run has none. A
 * single block that is given back keeps its pages in the reserve for a while, so that a load that swings around a
 * boundary does not map and unmap all the time; what exceeds the reserve's limit is unmapped, and so are longer runs.
 * Only the first block of a run, and the last of a void one, say what the run is. Void runs wait in lists by the
 * logarithm of their length; the void after the last run is not described at all, so block_count falls, too.
 *
 * Invariants, verified by heap_check():
 *   H1  Runs follow each other without gaps from block 0 to block_count; the last is not void. Blocks that neither
 *       begin a run nor end a void one are HEAP_BLOCK_INSIDE.
 *   H2  No two void runs are neighbours; the first and the last block of a void run both hold its length.
 *   H3  A run is in the list of its logarithm exactly if it is void; run_lists_used has a bit for each list that is
 *       not empty.
 *   H4  A slab's in_use is its capacity less its free bits, none of which is beyond the capacity. A class's slab_count
 *       is the number of its slabs; if it is more than 1, each has an object in use.
 *   H5  A slab is in the list of its class or `next` is HEAP_UNLISTED. In the list it has a free object; out of it all
 *       its free objects are cached.
 *   H6  What a class has cached are different free objects of its slabs, at most cache_limit.
 *   H7  The reserve's list n has the reserve's blocks of n + 1 pages, and reserve_pages is their sum, which is within
 *       the reserve's limit.
 *   H8  In each block exactly the pages that its use needs are mapped; they and those of the descriptors are
 *       mapped_pages, and there are descriptors for block_count blocks.
 */
enum heap_block_kind {
    HEAP_BLOCK_INSIDE,
    HEAP_BLOCK_VOID,
    HEAP_BLOCK_VOID_END,
    HEAP_BLOCK_LARGE,
    HEAP_BLOCK_SLAB,
    HEAP_BLOCK_RESERVE,
};

enum {
    HEAP_BLOCK_BYTES = HEAP_BLOCK_PAGES * PAGE_4K_BYTES,
    HEAP_SLAB_MAX_OBJECTS = 256,
    HEAP_SLAB_WORDS = HEAP_SLAB_MAX_OBJECTS / 64,
    HEAP_RESERVE_PAGES = 10,  /* mapped without use, at most */
    HEAP_RESERVE_SHARE = 512, /* and one for so many mapped pages */
};
#define HEAP_NO_BLOCK UINT32_MAX
#define HEAP_UNLISTED (UINT32_MAX - 1) /* `next` of a slab that is in no list */

struct heap_block {
    uint32_t next, previous; /* in a list of void runs, of slabs, or of the reserve */
    uint32_t run_blocks;
    uint8_t kind; /* enum heap_block_kind */
    uint8_t class;
    uint16_t in_use; /* of a slab: objects */
    union {
        uint64_t free_bits[HEAP_SLAB_WORDS]; /* of a slab: a bit for each object, set if it is free */
        uint64_t pages;                      /* of a large run or one in the reserve: mapped, from its start on */
    };
};
static_assert(sizeof(struct heap_block) == 48, "0.3 % of a block");

/* The list that void runs of `blocks` blocks wait in. */
ALWAYS_INLINE unsigned heap_run_list(uint32_t blocks)
{
    return 31 - (unsigned)__builtin_clz(blocks);
}

ALWAYS_INLINE char *heap_block_start(const struct heap *heap, uint32_t block)
{
    return heap->start + (uint64_t)block * HEAP_BLOCK_BYTES;
}

ALWAYS_INLINE uint32_t heap_block_number(const struct heap *heap, const struct heap_block *block)
{
    return (uint32_t)(block - heap->blocks);
}

/* Takes a run with `pages` pages mapped whose first address is a multiple of `alignment`, a power of two, and makes it
 * one of `kind`. HEAP_NO_BLOCK: there is none; what was mapped in vain was unmapped again. */
uint32_t heap_run_take(struct heap *heap, uint64_t pages, uint64_t alignment, enum heap_block_kind kind);

/* Gives back the run that begins at `block`, of which `pages` are mapped. */
void heap_run_release(struct heap *heap, uint32_t block, uint64_t pages);

/* Makes the large run at `block` one of `pages` pages without moving it. False: it cannot grow that far, and nothing
 * changed; to shrink always succeeds. */
bool heap_run_resize(struct heap *heap, uint32_t block, uint64_t pages);

/* Unmaps the whole reserve. */
void heap_reserve_empty(struct heap *heap);

/* Empties the caches of all classes and gives the slabs that have no object in use to the reserve. (heap.c) */
void heap_slabs_release_empty(struct heap *heap);

void heap_list_add(struct heap *heap, uint32_t *head, uint32_t block);
void heap_list_remove(struct heap *heap, uint32_t *head, uint32_t block);
