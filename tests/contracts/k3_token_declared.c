/* SPDX-License-Identifier: MIT */
/* gcc: is deprecated: declare tokens with MUST_FLUSH */
/* clang: is deprecated: declare tokens with MUST_FLUSH */
#include <tenorite/mm/mapper.h>

enum map_error map_it(struct mapper *mapper, page_4k page, frame_4k frame)
{
#ifdef MISUSE
    struct map_token token = map_to(mapper, page, frame, PAGE_FLAGS(PRESENT));
    return flush(token);
#else
    MUST_FLUSH(token, map_to(mapper, page, frame, PAGE_FLAGS(PRESENT)));
    if (held_error(&token) == MAP_OK)
        flush_held(&token);
    return held_error(&token);
#endif
}
