/* SPDX-License-Identifier: MIT */
/* gcc: assignment of read-only variable 'token' */
/* clang: cannot assign to variable 'token' with nested const-qualified data member */
#include <tenorite/mm/mapper.h>

enum map_error map_it(struct mapper *mapper, const page_4k *pages, frame_4k frame)
{
    MUST_FLUSH(token, map_to(mapper, pages[0], frame, PAGE_FLAGS(PRESENT)));
    if (held_error(&token) != MAP_OK)
        return held_error(&token);
#ifdef MISUSE
    token = map_to(mapper, pages[1], frame, PAGE_FLAGS(PRESENT));
#else
    flush_held(&token);
#endif
    return MAP_OK;
}
