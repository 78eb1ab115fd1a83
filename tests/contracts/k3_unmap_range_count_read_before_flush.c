/* SPDX-License-Identifier: MIT */
/* gcc: is deprecated: the count comes out of flush\(\) */
/* clang: is deprecated: the count comes out of flush\(\) */
#include <tenorite/mm/mapper.h>

uint64_t unmap_it(struct mapper *mapper, page_range_4k pages, struct frame_list *frames)
{
    MUST_FLUSH(token, unmap_range(mapper, pages, frames));
    if (held_error(&token) != MAP_OK)
        return 0;
#ifdef MISUSE
    uint64_t count = token.count;
    flush_held(&token);
    return count;
#else
    return flush_held(&token);
#endif
}
