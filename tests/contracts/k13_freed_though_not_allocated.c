/* SPDX-License-Identifier: MIT */
/* gcc: .heap_free. called on unallocated object .number. */
/* clang: none: clang 14 knows no function but free() that gives memory back */
#include <tenorite/mm/heap.h>

void use(int *number);

void give_back(struct heap *heap)
{
#ifdef MISUSE
    int number[1];
#else
    int *number = heap_new(heap, int);
    if (number == NULL)
        return;
#endif
    use(number);
    heap_free(heap, number);
}
