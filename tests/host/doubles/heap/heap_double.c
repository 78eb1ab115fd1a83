/* SPDX-License-Identifier: MIT */
#include "heap_double.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <tenorite/mm/heap.h>

/* In front of each block, `offset` bytes after what malloc gave. */
struct block {
    struct block *next;
    struct block *previous;
    void *allocation;
};

static struct block live = {&live, &live, NULL};
static size_t live_blocks;
static unsigned fails_in;

struct heap *heap_double(void)
{
    static max_align_t stand_in;

    return (struct heap *)&stand_in;
}

void heap_double_reset(void)
{
    while (live.next != &live)
        heap_free(heap_double(), live.next + 1);
    fails_in = 0;
}

void heap_double_fail_at(unsigned nth)
{
    fails_in = nth;
}

size_t heap_double_live_blocks(void)
{
    return live_blocks;
}

void *heap_aligned_alloc(struct heap *heap, size_t alignment, size_t size)
{
    char *allocation;
    struct block *block;
    uintptr_t start;

    (void)heap;
    if (fails_in && --fails_in == 0)
        return NULL;
    allocation = malloc(sizeof(*block) + alignment + size);
    if (!allocation)
        abort();
    start = ((uintptr_t)allocation + sizeof(*block) + alignment - 1) & ~(uintptr_t)(alignment - 1);
    block = (struct block *)start - 1;
    *block = (struct block){&live, live.previous, allocation};
    live.previous->next = block;
    live.previous = block;
    live_blocks++;
    return block + 1;
}

void *heap_alloc(struct heap *heap, size_t size)
{
    return heap_aligned_alloc(heap, _Alignof(max_align_t), size);
}

void heap_free(struct heap *heap, void *pointer)
{
    struct block *block;

    (void)heap;
    if (!pointer)
        return;
    block = (struct block *)pointer - 1;
    block->next->previous = block->previous;
    block->previous->next = block->next;
    live_blocks--;
    free(block->allocation);
}
