/* SPDX-License-Identifier: MIT */
/* gcc: a page-table change is neither flushed nor ignored on some path */
/* clang: a page-table change is neither flushed nor ignored on some path */
#include <tenorite/mm/mapper.h>

/* A token that travels through a function that is not inlined keeps its duty. */
NO_INLINE static MAP_RANGE_FUNCTION(map_for_caller, struct mapper *mapper, page_range_4k pages, frame_4k first,
                                    int *count)
{
    MUST_FLUSH(token, map_range(mapper, pages, first, PAGE_FLAGS(PRESENT), PAGE_SIZE_4K));
    (*count)++;
    return flush_move(&token);
}

enum map_error map_it(struct mapper *mapper, page_range_4k pages, frame_4k first, int *count)
{
    MUST_FLUSH(token, map_for_caller(mapper, pages, first, count));
    if (held_error(&token) != MAP_OK)
        return held_error(&token);
#ifndef MISUSE
    flush_held(&token);
#endif
    return MAP_OK;
}
