/* SPDX-License-Identifier: MIT */
/* gcc: a page-table change is neither flushed nor ignored on some path */
/* clang: a page-table change is neither flushed nor ignored on some path */
#include <tenorite/mm/mapper.h>

NO_INLINE static UNMAP_RANGE_FUNCTION(unmap_for_caller, struct mapper *mapper, page_range_4k pages,
                                      struct frame_list *frames)
{
    MUST_FLUSH(token, unmap_range(mapper, pages, frames));
    return flush_move(&token);
}

uint64_t unmap_it(struct mapper *mapper, page_range_4k pages, struct frame_list *frames)
{
    MUST_FLUSH(token, unmap_for_caller(mapper, pages, frames));
    if (held_error(&token) != MAP_OK)
        return 0;
#ifdef MISUSE
    return pages.count;
#else
    return flush_held(&token);
#endif
}
