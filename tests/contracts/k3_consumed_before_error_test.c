/* SPDX-License-Identifier: MIT */
/* gcc: this token is not known to hold a change */
/* clang: this token is not known to hold a change */
#include <tenorite/mm/mapper.h>

enum map_error map_it(struct mapper *mapper, page_4k page, frame_4k frame)
{
    MUST_FLUSH(token, map_to(mapper, page, frame, PAGE_FLAGS(PRESENT)));
#ifndef MISUSE
    if (held_error(&token) == MAP_OK)
#endif
        flush_held(&token);
    return held_error(&token);
}
