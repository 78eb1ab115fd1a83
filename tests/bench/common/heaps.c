/* SPDX-License-Identifier: MIT */
#include "heaps.h"

#include "bench.h"
#include "tables.h"

enum { RANGE_BYTES = 1 << 30 };

struct heap program_heap;

void program_heap_reset(void)
{
    static char *range;
    if (range == NULL)
        range = bench_reserve(RANGE_BYTES);
    tables_reset();
    enum heap_error error = heap_init(&program_heap, &tables_mapper, &tables_frames,
                                      (struct virtual_range){virt_addr_from_pointer(range), RANGE_BYTES});
    bench_expect(error == HEAP_OK, "heap_init");
}
