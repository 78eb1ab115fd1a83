/* SPDX-License-Identifier: MIT */
#include "allocators.h"

#include "floors.h"
#include "heaps.h"

#include <dlfcn.h>
#include <stdio.h>

static void *ours_alloc(size_t bytes)
{
    return heap_alloc(&program_heap, bytes);
}

static void ours_free(void *block)
{
    heap_free(&program_heap, block);
}

struct heap_statistics allocators_ours_statistics(void)
{
    return heap_statistics(&program_heap);
}

const char *allocators_check_ours(void)
{
    return heap_check(&program_heap);
}

bool allocator_is_ours(const struct allocator *allocator)
{
    return allocator->alloc == ours_alloc;
}

bool allocator_is_floor(const struct allocator *allocator)
{
    return allocator->alloc == floor_block_alloc;
}

/* Peers are loaded, each into a name space of its own, and not linked: two of them are called malloc. */
static bool load(struct allocator *allocator, const char *name, const char *library, const char *alloc,
                 const char *release)
{
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) {
        printf("missing %s %s\n", name, dlerror());
        return false;
    }
    *allocator = (struct allocator){name, dlsym(handle, alloc), dlsym(handle, release)};
    bench_expect(allocator->alloc != NULL && allocator->free != NULL, "a peer without its functions");
    return true;
}

size_t allocators_find(const struct bench_plan *plan, struct allocator found[ALLOCATORS_MAX])
{
    size_t count = 0;
    found[count++] = (struct allocator){"floor", floor_block_alloc, floor_block_free};
    found[count++] = (struct allocator){"ours", ours_alloc, ours_free};
    if (plan->is_alone)
        return count;
    count += load(&found[count], "mimalloc", "libmimalloc.so.2", "mi_malloc", "mi_free");
    count += load(&found[count], "jemalloc", "libjemalloc.so.2", "malloc", "free");
    count += load(&found[count], "glibc", "libc.so.6", "malloc", "free");
    return count;
}
