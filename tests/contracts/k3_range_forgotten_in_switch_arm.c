/* SPDX-License-Identifier: MIT */
/* gcc: a page-table change is neither flushed nor ignored on some path */
/* clang: a page-table change is neither flushed nor ignored on some path */
#include <tenorite/mm/mapper.h>

enum map_error update_it(struct mapper *mapper, page_range_4k pages, int what)
{
    MUST_FLUSH(token, update_flags_range(mapper, pages, PAGE_FLAGS(PRESENT)));
    if (held_error(&token) != MAP_OK)
        return held_error(&token);
    switch (what) {
    case 1:
        flush_held(&token);
        break;
    case 2:
#ifndef MISUSE
        ignore_held(&token);
#endif
        break;
    default:
        flush_held(&token);
    }
    return MAP_OK;
}
