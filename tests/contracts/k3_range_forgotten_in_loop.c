/* SPDX-License-Identifier: MIT */
/* gcc: a page-table change is neither flushed nor ignored on some path */
/* clang: a page-table change is neither flushed nor ignored on some path */
#include <tenorite/mm/mapper.h>

enum map_error map_them(struct mapper *mapper, const page_range_4k *ranges, frame_4k first, int count, int untouched)
{
    for (int i = 0; i < count; i++) {
        MUST_FLUSH(token, map_range(mapper, ranges[i], first, PAGE_FLAGS(PRESENT), PAGE_SIZE_1G));
        if (held_error(&token) != MAP_OK)
            return held_error(&token);
        if (i == untouched) {
#ifndef MISUSE
            ignore_held(&token);
#endif
            continue;
        }
        flush_held(&token);
    }
    return MAP_OK;
}
