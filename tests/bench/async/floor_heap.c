/* SPDX-License-Identifier: MIT */
#include "floor_heap.h"

void floor_heap_push(struct floor_heap *heap, struct floor_deadline entry)
{
    size_t hole = heap->count++;
    while (hole > 0) {
        size_t parent = (hole - 1) / 2;
        if (heap->entries[parent].deadline_ns <= entry.deadline_ns)
            break;
        heap->entries[hole] = heap->entries[parent];
        hole = parent;
    }
    heap->entries[hole] = entry;
}

struct floor_deadline floor_heap_pop(struct floor_heap *heap)
{
    struct floor_deadline *entries = heap->entries, least = entries[0], last = entries[--heap->count];
    size_t hole = 0;
    for (;;) {
        size_t child = 2 * hole + 1;
        if (child >= heap->count)
            break;
        /* An addition, not a branch: which of the two is less cannot be foreseen. */
        if (child + 1 < heap->count)
            child += entries[child + 1].deadline_ns < entries[child].deadline_ns;
        if (last.deadline_ns <= entries[child].deadline_ns)
            break;
        entries[hole] = entries[child];
        hole = child;
    }
    entries[hole] = last;
    return least;
}
