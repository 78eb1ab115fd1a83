/* SPDX-License-Identifier: MIT */
/* gcc: a page-table change is neither flushed nor ignored on some path */
/* clang: a page-table change is neither flushed nor ignored on some path */
#include <tenorite/mm/mapper.h>

enum map_error map_it(struct mapper *mapper, page_range_4k pages, frame_4k first, bool is_tired)
{
    MUST_FLUSH(token, map_range(mapper, pages, first, PAGE_FLAGS(PRESENT), PAGE_SIZE_4K));
    if (held_error(&token) != MAP_OK)
        return held_error(&token);
    if (is_tired) {
#ifndef MISUSE
        ignore_held(&token);
#endif
        return MAP_OK;
    }
    flush_held(&token);
    return MAP_OK;
}
