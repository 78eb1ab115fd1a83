/* SPDX-License-Identifier: MIT */
/* gcc: a page-table change is neither flushed nor ignored on some path */
/* clang: a page-table change is neither flushed nor ignored on some path */
#include <tenorite/mm/mapper.h>

enum map_error map_it(struct mapper *mapper, page_4k page, frame_4k frame, bool is_tired)
{
    MUST_FLUSH(token, map_to(mapper, page, frame, PAGE_FLAGS(PRESENT)));
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
