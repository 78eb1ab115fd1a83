/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/memory_layout.h>
#include <tenorite/lib/compiler.h>

/*
 * Memory for objects of any size, in a range of virtual addresses of which as much is mapped as is in use: frames are
 * mapped when memory is asked for and go back when it is free again.
 *
 * All calls: task context or early boot, one CPU at a time, not from interrupt handlers (contract K12).
 *
 * A pointer that heap_free(), heap_realloc() or heap_usable_size() gets must be one at which an allocated block begins.
 * Anything else panics: a foreign pointer, one into a block, one whose block is free. So a block that is freed twice is
 * noticed for as long as its memory has not been handed out again.
 *
 * With TENORITE_DEBUG every block lies between red zones, is filled with 0xaa when it is allocated and 0xdd when it is
 * freed, knows who allocated and who freed it, and waits in a quarantine before its memory is handed out again. A write
 * past a block's end panics when it is freed, a write into a freed block when it leaves the quarantine; heap_check()
 * finds both at once. Blocks that need more than 16 KiB with what guards them do not wait: they are unmapped at once, in
 * every build, so that a late access faults.
 */
struct frames;
struct mapper;

enum {
    HEAP_CLASS_COUNT = 30,
    HEAP_LARGEST_CLASS_BYTES = 3264,
    HEAP_MIN_ALIGNMENT = 16, /* of every block */
    HEAP_RUN_LIST_COUNT = 32,
    HEAP_BLOCK_PAGES = 4,
    HEAP_CACHE_SLOTS = 16, /* a power of two */
    HEAP_QUARANTINE_SLOTS = 64,
};

/* A free object: of the slab in `block` the one at index `object`. */
struct heap_free_object {
    uint32_t block, object;
};

/* One size of small objects; see src/mm/heap.c. */
struct heap_class {
    uint32_t first_cached, end_cached; /* count on for ever: the places in the ring are their remainders */
    uint32_t bytes;
    uint32_t reciprocal; /* 2^32 / bytes, rounded up */
    uint32_t partial_slabs;
    uint32_t slab_count;
    uint16_t cache_limit;
    uint16_t drain_below; /* with fewer objects in use a slab's free ones are not cached */
    uint16_t capacity;
    uint16_t pages;
    struct heap_free_object cached[HEAP_CACHE_SLOTS];
} __attribute__((aligned(64)));

struct heap {
    struct heap_class classes[HEAP_CLASS_COUNT];
    uint8_t class_of[HEAP_LARGEST_CLASS_BYTES / HEAP_MIN_ALIGNMENT + 1];
    char *start; /* of block 0; from here on see src/mm/heap_blocks.h */
    struct heap_block *blocks;
    uint32_t block_count;
    uint32_t block_limit;
    uint32_t run_lists_used;
    uint32_t void_runs[HEAP_RUN_LIST_COUNT];
    uint32_t reserve[HEAP_BLOCK_PAGES];
    uint32_t reserve_count[HEAP_BLOCK_PAGES];
    uint64_t reserve_pages;
    uint64_t descriptor_pages;
    uint64_t mapped_pages;
    struct mapper *mapper;
    struct frames *frames;
    void *quarantine[HEAP_QUARANTINE_SLOTS]; /* unused in release builds; see src/mm/heap_debug.c */
    uint32_t quarantine_first;
    uint32_t quarantine_count;
    uint64_t quarantine_bytes;
};

enum NODISCARD heap_error {
    HEAP_OK,
    HEAP_RANGE_MISALIGNED, /* the range does not start at a page */
    HEAP_RANGE_TOO_SMALL,  /* not room for one block of 16 KiB and its descriptor, or the range wraps */
};

/* Makes `heap` an empty heap in `range`, of which nothing may be mapped; what is left at its end beside whole blocks of
 * 16 KiB is left out, and so is what exceeds 2^32 of them. Maps nothing: the heap grows when memory is asked for,
 * through `mapper`, with frames from `frames`. On an error nothing changed. Constant time. */
enum heap_error heap_init(struct heap *heap, struct mapper *mapper, struct frames *frames,
                          struct virtual_range range);

/* Gives memory back; NULL is allowed. Constant time for blocks up to 16 KiB, with a few blocks of that size unmapped at
 * most, beyond that linear in the pages, which are unmapped. */
void heap_free(struct heap *heap, void *pointer);

/* Memory for `size` bytes, aligned to 16, with undefined content; size 0 counts as 1. NULL if frames or the range are
 * used up: then everything that is allocated stays as it is, and other requests may still succeed. Small objects share up
 * to 4 pages, which are mapped together, so NULL may come while 1 to 3 frames are free. Up to 16 KiB constant time, with
 * at most 4 pages mapped, one for descriptors and their page tables, as long as frames are left and the range has room
 * behind the last block; beyond 16 KiB linear in the pages. Before it answers NULL, or uses the last gaps in the range,
 * the heap looks at all of them and gives up what it keeps: linear in those. */
void *heap_alloc(struct heap *heap, size_t size) MUST_CHECK ALLOCATES(heap_free, 2) __attribute__((alloc_size(2)));

/* The same with an alignment of `alignment` bytes, a power of two; anything else panics. Above 16 KiB it is also linear in
 * the alignment: what is skipped is described. NULL with TENORITE_DEBUG from 4 GiB on. */
void *heap_aligned_alloc(struct heap *heap, size_t alignment, size_t size) MUST_CHECK ALLOCATES(heap_free, 2)
    __attribute__((alloc_align(2), alloc_size(3)));

/* Makes the block at `pointer` one of `size` bytes (0 counts as 1), in place where that is possible, else by moving what
 * it holds, as far as it fits; NULL is allowed and means a new block. The result is aligned to 16. NULL if there is no
 * memory, neither behind the block nor elsewhere, even after the heap gave up what it keeps: then the block is still
 * there as it was. A block that becomes smaller always succeeds. With TENORITE_DEBUG the block always moves, so that
 * whoever kept the old pointer is found out. */
void *heap_realloc(struct heap *heap, void *pointer, size_t size) MUST_CHECK __attribute__((alloc_size(3)));

/* How many bytes the block at `pointer` has room for: at least what was asked for, exactly that with TENORITE_DEBUG; 0 for
 * NULL. The heap leaves all of them alone, but the compiler knows what was asked for (alloc_size) and takes that for the
 * block's end: call heap_realloc() with this size before you use the rest; it stays in place in release builds. Constant
 * time. */
size_t heap_usable_size(const struct heap *heap, const void *pointer);

struct heap_statistics {
    uint64_t mapped_bytes;     /* frames in use, for descriptors too, without page tables */
    uint64_t used_bytes;       /* in allocated blocks, each rounded up to what it occupies */
    uint64_t allocation_count; /* blocks allocated now */
    uint64_t limit_bytes;      /* what the range can hold */
};

/* Linear in the heap's size: one step for each 16 KiB. */
struct heap_statistics heap_statistics(const struct heap *heap);

/* Gives back to the frames what is mapped but not in use: what the heap keeps so that a load that swings around a
 * boundary does not map and unmap all the time, and the page tables below the range that became empty, for which it
 * flushes the whole TLB. Page tables stay until this is called. Linear in what it gives back, and in the tables of the
 * range, each of which is read three times at most. */
void heap_trim(struct heap *heap);

/* Verifies the numbered invariants of src/mm/heap_blocks.h, and with TENORITE_DEBUG those of heap_debug.c; returns NULL,
 * or the first one that is broken as text. Linear in the heap's size. */
const char *heap_check(const struct heap *heap) MUST_CHECK;

/* Memory for one object of `type`, or an array of `count`, as a pointer of that type; NULL as with heap_alloc(), and
 * where `count` objects are more than SIZE_MAX bytes. */
#define heap_new(heap, type) ((type *)heap_typed_alloc(heap, _Alignof(type), sizeof(type)))
#define heap_new_array(heap, type, count)                                                                            \
    ((type *)heap_typed_alloc(heap, _Alignof(type), heap_array_bytes(count, sizeof(type))))

/*
 * HEAP_SCOPED(type, name, heap, pointer): declares `type *name` and initialises it with `pointer`, a block of `heap` or
 * NULL. When the scope is left, in any way, the block that `name` then points at is freed.
 *
 * heap_scoped_move(&name) takes it out: its value is the pointer, and `name` becomes NULL.
 */
#define HEAP_SCOPED(type, name, heap, pointer)                                                                       \
    type *name = (pointer);                                                                                          \
    __attribute__((cleanup(heap_scope_leave), unused)) const struct heap_scope PASTE(name, _scope) = {(heap), &name}

#define heap_scoped_move(slot)                                                                                       \
    ({                                                                                                               \
        typeof(*(slot)) heap_scoped_moved = *(slot);                                                                 \
        *(slot) = NULL;                                                                                              \
        heap_scoped_moved;                                                                                           \
    })

/* The rest of this header serves the macros. */

struct heap_scope {
    struct heap *heap;
    const void *slot; /* of a pointer of any type */
};

ALWAYS_INLINE void heap_scope_leave(const struct heap_scope *scope)
{
    void *pointer;
    __builtin_memcpy(&pointer, scope->slot, sizeof pointer);
    heap_free(scope->heap, pointer);
}

ALWAYS_INLINE size_t heap_array_bytes(size_t count, size_t size)
{
    size_t bytes;
    return __builtin_mul_overflow(count, size, &bytes) ? SIZE_MAX : bytes;
}

ALWAYS_INLINE MUST_CHECK void *heap_typed_alloc(struct heap *heap, size_t alignment, size_t size)
{
    return alignment <= HEAP_MIN_ALIGNMENT ? heap_alloc(heap, size) : heap_aligned_alloc(heap, alignment, size);
}
