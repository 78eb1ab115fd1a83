/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/mm/heap.h>

/*
 * Memory for objects that end together: allocated one after the other from chunks of the heap, and given back at once.
 *
 *     struct arena arena;
 *     arena_init(&arena, heap, 4096);
 *     struct node *node = arena_alloc(&arena, sizeof *node);
 *     ...
 *     arena_free_all(&arena);
 *
 * All calls: as the heap's. An arena must not be copied while it holds memory.
 */
struct arena {
    struct heap *heap;
    struct arena_chunk *chunk; /* the newest; the others hang on it */
    char *next;
    char *end;
    size_t chunk_bytes;
};

/* Where an arena stood; see arena_mark(). */
struct arena_mark {
    struct arena_chunk *chunk;
    char *next;
};

/* Makes `arena` an empty arena that takes memory from `heap`, `chunk_bytes` at a time or what a larger object needs.
 * Takes nothing yet. Constant time. */
void arena_init(struct arena *arena, struct heap *heap, size_t chunk_bytes);

/* Memory for `size` bytes, aligned to 16, with undefined content; size 0 counts as 1. NULL if the heap has none: then
 * the arena is as it was. A few instructions, or a heap_alloc() where the chunk is full. */
void *arena_alloc(struct arena *arena, size_t size) MUST_CHECK __attribute__((malloc, alloc_size(2)));

/* The same with an alignment of `alignment` bytes, a power of two; anything else panics. */
void *arena_aligned_alloc(struct arena *arena, size_t alignment, size_t size) MUST_CHECK
    __attribute__((malloc, alloc_align(2), alloc_size(3)));

/* Remembers what is allocated now. */
struct arena_mark arena_mark(const struct arena *arena);

/* Gives back all that was allocated since `mark` was taken; marks taken after it mean nothing any more. Chunks go back
 * to the heap. Panics where `mark` is none of this arena. Linear in the chunks since then. */
void arena_rewind(struct arena *arena, struct arena_mark mark);

/* Gives back everything but one chunk, for the next phase. Linear in the chunks. */
void arena_reset(struct arena *arena);

/* Gives back everything; the arena is as after arena_init(). Linear in the chunks. */
void arena_free_all(struct arena *arena);

/* Memory for one object of `type`, or an array of `count`; NULL as with arena_alloc(). */
#define arena_new(arena, type) ((type *)arena_aligned_alloc(arena, _Alignof(type), sizeof(type)))
#define arena_new_array(arena, type, count)                                                                          \
    ((type *)arena_aligned_alloc(arena, _Alignof(type), heap_array_bytes(count, sizeof(type))))
