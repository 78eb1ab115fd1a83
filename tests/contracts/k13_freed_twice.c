/* SPDX-License-Identifier: MIT */
/* gcc: pointer .*used after .heap_free. */
/* clang: none: clang 14 knows no function but free() that ends a pointer's use */
#include <tenorite/mm/heap.h>

int answer(struct heap *heap)
{
    int *number = heap_new(heap, int);
    if (number == NULL)
        return 0;
    *number = 42;
    int read = *number;
    heap_free(heap, number);
#ifdef MISUSE
    heap_free(heap, number);
#endif
    return read;
}
