/* SPDX-License-Identifier: MIT */
/* gcc: .heap_free. called on pointer .* with nonzero offset 4 */
/* clang: none: clang 14 knows no function but free() that gives memory back */
#include <tenorite/mm/heap.h>

void use(int *numbers);

void give_back(struct heap *heap)
{
    int *numbers = heap_alloc(heap, 4 * sizeof *numbers);
    if (numbers == NULL)
        return;
    use(numbers);
#ifdef MISUSE
    heap_free(heap, numbers + 1);
#else
    heap_free(heap, numbers);
#endif
}
