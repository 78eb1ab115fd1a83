/* SPDX-License-Identifier: MIT */
/* gcc: pointer .*used after .heap_free. */
/* clang: none: clang 14 knows no function but free() that ends a pointer's use */
#include <tenorite/mm/heap.h>

int first_of(struct heap *heap, size_t count)
{
    int *numbers = heap_new_array(heap, int, count);
    if (numbers == NULL)
        return 0;
    numbers[0] = 42;
#ifdef MISUSE
    heap_free(heap, numbers);
    return numbers[0];
#else
    int first = numbers[0];
    heap_free(heap, numbers);
    return first;
#endif
}
