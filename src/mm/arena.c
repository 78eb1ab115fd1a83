/* SPDX-License-Identifier: MIT */
/* Chunks in a list, the newest first; objects are cut off the newest from its start on. */
#include <tenorite/lib/panic.h>
#include <tenorite/mm/arena.h>

struct arena_chunk {
    struct arena_chunk *previous;
    char *end;
};
static_assert(sizeof(struct arena_chunk) == HEAP_MIN_ALIGNMENT, "what follows is aligned");

static char *chunk_start(struct arena_chunk *chunk)
{
    return (char *)(chunk + 1);
}

/* Objects are cut off `chunk` from `next` on; NULL: there is no chunk. */
static void use_chunk(struct arena *arena, struct arena_chunk *chunk, char *next)
{
    arena->chunk = chunk;
    arena->next = next;
    arena->end = chunk == NULL ? NULL : chunk->end;
}

void arena_init(struct arena *arena, struct heap *heap, size_t chunk_bytes)
{
    *arena = (struct arena){.heap = heap, .chunk_bytes = chunk_bytes};
}

/* Adds a chunk that has room for `size` bytes at `alignment`. */
static bool add_chunk(struct arena *arena, size_t alignment, size_t size)
{
    size_t needed;
    if (__builtin_add_overflow(size, sizeof(struct arena_chunk) + alignment, &needed))
        return false;
    size_t bytes = needed > arena->chunk_bytes ? needed : arena->chunk_bytes;
    struct arena_chunk *chunk = heap_alloc(arena->heap, bytes);
    if (chunk == NULL)
        return false;
    chunk->previous = arena->chunk;
    chunk->end = (char *)chunk + bytes;
    use_chunk(arena, chunk, chunk_start(chunk));
    return true;
}

/* The start of `size` free bytes at `alignment` in the newest chunk, or NULL. */
static char *find_room(const struct arena *arena, size_t alignment, size_t size)
{
    size_t padding = -(uintptr_t)arena->next & (alignment - 1);
    size_t room = (size_t)(arena->end - arena->next);
    return arena->chunk != NULL && padding <= room && size <= room - padding ? arena->next + padding : NULL;
}

void *arena_aligned_alloc(struct arena *arena, size_t alignment, size_t size)
{
    ASSERT(alignment != 0 && (alignment & (alignment - 1)) == 0, "alignment %zu is not a power of two", alignment);
    size = size == 0 ? 1 : size;
    char *start = find_room(arena, alignment, size);
    if (start == NULL && add_chunk(arena, alignment, size))
        start = find_room(arena, alignment, size);
    if (start != NULL)
        arena->next = start + size;
    return start;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return arena_aligned_alloc(arena, HEAP_MIN_ALIGNMENT, size);
}

struct arena_mark arena_mark(const struct arena *arena)
{
    return (struct arena_mark){arena->chunk, arena->next};
}

void arena_rewind(struct arena *arena, struct arena_mark mark)
{
    while (arena->chunk != mark.chunk) {
        struct arena_chunk *newest = arena->chunk;
        ASSERT(newest != NULL, "the mark in chunk %p is none of this arena", (void *)mark.chunk);
        arena->chunk = newest->previous;
        heap_free(arena->heap, newest);
    }
    use_chunk(arena, mark.chunk, mark.next);
}

void arena_reset(struct arena *arena)
{
    while (arena->chunk != NULL && arena->chunk->previous != NULL) {
        struct arena_chunk *newest = arena->chunk;
        arena->chunk = newest->previous;
        heap_free(arena->heap, newest);
    }
    use_chunk(arena, arena->chunk, arena->chunk == NULL ? NULL : chunk_start(arena->chunk));
}

void arena_free_all(struct arena *arena)
{
    arena_rewind(arena, (struct arena_mark){NULL, NULL});
}
