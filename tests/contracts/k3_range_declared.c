/* SPDX-License-Identifier: MIT */
/* gcc: is deprecated: declare tokens with MUST_FLUSH */
/* clang: is deprecated: declare tokens with MUST_FLUSH */
#include <tenorite/mm/mapper.h>

enum map_error map_it(struct mapper *mapper, page_range_4k pages, frame_4k first)
{
#ifdef MISUSE
    struct range_token token = map_range(mapper, pages, first, PAGE_FLAGS(PRESENT), PAGE_SIZE_4K);
    return flush(token);
#else
    MUST_FLUSH(token, map_range(mapper, pages, first, PAGE_FLAGS(PRESENT), PAGE_SIZE_4K));
    if (held_error(&token) == MAP_OK)
        flush_held(&token);
    return held_error(&token);
#endif
}
