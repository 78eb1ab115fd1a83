/* SPDX-License-Identifier: MIT */
/* gcc: a page-table change is neither flushed nor ignored on some path */
/* clang: a page-table change is neither flushed nor ignored on some path */
#include <tenorite/mm/mapper.h>

/* A token that travels through a function that is not inlined keeps its duty. */
NO_INLINE static MAP_FUNCTION(map_for_caller, struct mapper *mapper, page_4k page, frame_4k frame, int *count)
{
    MUST_FLUSH(token, map_to(mapper, page, frame, PAGE_FLAGS(PRESENT)));
    (*count)++;
    return flush_move(&token);
}

NO_INLINE static UNMAP_FUNCTION_4K(unmap_for_caller, struct mapper *mapper, page_4k page)
{
    MUST_FLUSH(token, unmap(mapper, page));
    return flush_move(&token);
}

enum map_error replace_it(struct mapper *mapper, page_4k page, frame_4k frame, int *count)
{
    struct unmapped_4k removed = ignore(unmap_for_caller(mapper, page));
    if (removed.error != MAP_OK)
        return removed.error;
    MUST_FLUSH(token, map_for_caller(mapper, page, frame, count));
    if (held_error(&token) != MAP_OK)
        return held_error(&token);
#ifndef MISUSE
    flush_held(&token);
#endif
    return flush(map_for_caller(mapper, page, frame, count));
}
