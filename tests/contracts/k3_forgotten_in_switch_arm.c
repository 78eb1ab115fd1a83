/* SPDX-License-Identifier: MIT */
/* gcc: a page-table change is neither flushed nor ignored on some path */
/* clang: a page-table change is neither flushed nor ignored on some path */
#include <tenorite/mm/mapper.h>

enum map_error unmap_it(struct mapper *mapper, page_2m page, int what, frame_2m *frame)
{
    MUST_FLUSH(token, unmap(mapper, page));
    if (held_error(&token) != MAP_OK)
        return held_error(&token);
    switch (what) {
    case 1:
        *frame = flush_held(&token);
        break;
    case 2:
#ifndef MISUSE
        *frame = ignore_held(&token);
#endif
        break;
    default:
        *frame = flush_held(&token);
    }
    return MAP_OK;
}
