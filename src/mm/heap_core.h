/* SPDX-License-Identifier: MIT */
#pragma once

#include "mm/heap_blocks.h"

/* What the public functions of the heap are made of: the heap proper, as release builds have it, and what debug builds
 * put around it. */

/* heap_aligned_alloc() and heap_free() without red zones and quarantine. */
void *heap_core_alloc(struct heap *heap, size_t alignment, size_t size);
void heap_core_free(struct heap *heap, void *pointer);

/* The object of a slab or the large run that `pointer` points into, allocated or not. */
struct heap_place {
    char *start;
    size_t bytes;
};

/* Panics where there is none: `pointer` is foreign, or its block is not mapped, or it is one of a large run's later
 * blocks. */
struct heap_place heap_place_of(const struct heap *heap, const void *pointer);

/* Whether `place`, from heap_place_of(), is allocated. */
bool heap_place_is_allocated(const struct heap *heap, struct heap_place place);

/* The same functions with red zones and quarantine; `site` is where the caller returns to. (heap_debug.c) */
void *heap_debug_alloc(struct heap *heap, size_t alignment, size_t size, const void *site);
void heap_debug_free(struct heap *heap, void *pointer, const void *site);
size_t heap_debug_usable_size(const struct heap *heap, const void *pointer, const void *site);
const char *heap_debug_check(const struct heap *heap);

/* Takes everything out of the quarantine. */
void heap_debug_release_quarantine(struct heap *heap);
