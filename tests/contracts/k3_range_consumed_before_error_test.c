/* SPDX-License-Identifier: MIT */
/* gcc: this token is not known to hold a change */
/* clang: this token is not known to hold a change */
#include <tenorite/mm/mapper.h>

enum map_error map_it(struct mapper *mapper, page_range_4k pages, frame_4k first)
{
    MUST_FLUSH(token, map_range(mapper, pages, first, PAGE_FLAGS(PRESENT), PAGE_SIZE_4K));
#ifndef MISUSE
    if (held_error(&token) == MAP_OK)
#endif
        flush_held(&token);
    return held_error(&token);
}
