/* SPDX-License-Identifier: MIT */
#pragma once

#include "bench.h"

#include <tenorite/mm/heap.h>

/*
 * The heap and its peers, all called through the same two pointers. A peer's pointers are its own functions; ours are
 * those of a kernel's malloc, which puts its one heap in front of the arguments: that costs us an instruction or two.
 */
struct allocator {
    const char *name;
    void *(*alloc)(size_t bytes);
    void (*free)(void *block); /* takes NULL as well */
};

enum { ALLOCATORS_MAX = 5 };

/* Those that exist here: `floor`, whose calls do nothing, then `ours`, then peers. A peer that is not installed is
 * reported as such. */
size_t allocators_find(const struct bench_plan *plan, struct allocator found[ALLOCATORS_MAX]);

bool allocator_is_ours(const struct allocator *allocator);
bool allocator_is_floor(const struct allocator *allocator);

struct heap_statistics allocators_ours_statistics(void);

/* NULL or what heap_check() says. */
const char *allocators_check_ours(void);
