/* SPDX-License-Identifier: MIT */
#include "tables.h"

#include "bench.h"

#include <tenorite/lib/text.h>

enum { TABLES_STORAGE_BYTES = 1 << 22 };

uint64_t (*tables_memory)[512];
struct frames tables_frames;
struct mapper tables_mapper;

void tables_reset(void)
{
    struct region usable[] = {{0x1000, (uint64_t)TABLES_FRAMES * PAGE_4K_BYTES}};
    struct region_list list = {usable, 1, 1};
    static void *storage;
    size_t storage_bytes = frames_storage_bytes(usable[0].end);
    if (tables_memory == NULL) {
        tables_memory = bench_reserve((size_t)TABLES_FRAMES * PAGE_4K_BYTES);
        storage = bench_reserve(TABLES_STORAGE_BYTES);
    }
    bench_expect(storage_bytes <= TABLES_STORAGE_BYTES, "more bookkeeping than expected");
    frames_init(&tables_frames, storage, storage_bytes, &list);
    struct frame_allocation_4k root = frames_alloc_4k(&tables_frames);
    bench_expect(root.is_valid, "no frame for the root");
    memset(tables_memory[frame_4k_number(root.frame)], 0, PAGE_4K_BYTES);
    mapper_init(&tables_mapper, root.frame, tables_memory, (uint64_t)TABLES_FRAMES * PAGE_4K_BYTES, &tables_frames,
                paging_features());
}
