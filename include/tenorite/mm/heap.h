/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/memory_layout.h>
#include <tenorite/lib/compiler.h>

/*
 * Memory for objects of any size, in a range of virtual addresses that fills from its start as frames are mapped.
 *
 * All calls: task context or early boot, one CPU at a time, not from interrupt handlers (that panics). Freeing a
 * pointer at which no allocated block begins panics. So a block that is freed twice is noticed for as long as its
 * memory has not been handed out again; after that, the second free takes the new block away from its owner, unnoticed.
 */
struct frames;
struct mapper;

enum { HEAP_CLASS_COUNT = 22, HEAP_LARGEST_CLASS_BYTES = 2048, HEAP_RUN_LIST_COUNT = 32 };

struct heap {
    struct mapper *mapper;
    struct frames *frames;
    struct heap_page *descriptors; /* the rest: see src/mm/heap_pages.h and heap.c */
    char *pages;
    uint64_t descriptors_mapped;
    uint32_t page_limit;
    uint32_t page_count;
    uint32_t run_lists_used;
    uint32_t free_runs[HEAP_RUN_LIST_COUNT];
    uint32_t partial_slabs[HEAP_CLASS_COUNT];
    uint8_t class_of[HEAP_LARGEST_CLASS_BYTES / 16 + 1];
    uint64_t used_bytes;
    uint64_t allocation_count;
};

enum NODISCARD heap_error {
    HEAP_OK,
    HEAP_RANGE_MISALIGNED, /* the range does not start at a page */
    HEAP_RANGE_TOO_SMALL,  /* not room for one page and its descriptor, or the range wraps */
};

/* Makes `heap` an empty heap in `range`, of which nothing may be mapped; an unfinished page at its end is left out, and
 * so is what exceeds 2^32 pages. Maps nothing: the heap grows when memory is asked for, through `mapper`, with frames
 * from `frames`. On an error nothing changed. Constant time. */
enum heap_error heap_init(struct heap *heap, struct mapper *mapper, struct frames *frames,
                          struct virtual_range range);

/* Memory for `size` bytes, aligned to 16, with undefined content; size 0 counts as 1. NULL if frames or the range are
 * used up: then everything that is allocated stays as it is, and smaller requests may still succeed. Constant time,
 * unless the heap has to grow. */
void *heap_alloc(struct heap *heap, size_t size) MUST_CHECK __attribute__((alloc_size(2)));

/* The same with an alignment of `alignment` bytes, a power of two; anything else panics. */
void *heap_aligned_alloc(struct heap *heap, size_t alignment, size_t size) MUST_CHECK
    __attribute__((alloc_align(2), alloc_size(3)));

/* Gives memory back; NULL is allowed. Constant time. */
void heap_free(struct heap *heap, void *pointer);

struct heap_statistics {
    uint64_t mapped_bytes;     /* frames in use, for descriptors too */
    uint64_t used_bytes;       /* in allocated blocks, each rounded up to what it occupies */
    uint64_t allocation_count; /* blocks allocated now */
    uint64_t limit_bytes;      /* what the range can hold */
};

struct heap_statistics heap_statistics(const struct heap *heap);

/* Verifies the numbered invariants of src/mm/heap_pages.h; returns NULL, or the first one that is broken as text.
 * Linear in the heap's size. */
const char *heap_check(const struct heap *heap) MUST_CHECK;
