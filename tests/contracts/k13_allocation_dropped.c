/* SPDX-License-Identifier: MIT */
/* gcc: ignoring return value of .heap_alloc. declared with attribute .warn_unused_result. */
/* clang: ignoring return value of function declared with 'warn_unused_result' attribute */
#include <tenorite/mm/heap.h>

void *allocate(struct heap *heap)
{
#ifdef MISUSE
    heap_alloc(heap, 16);
#endif
    return heap_alloc(heap, 16);
}
