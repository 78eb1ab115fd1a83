/* SPDX-License-Identifier: MIT */
/* gcc: is deprecated: the frame comes out of flush */
/* clang: is deprecated: the frame comes out of flush */
#include <tenorite/mm/mapper.h>

frame_4k unmap_it(struct mapper *mapper, page_4k page, frame_4k otherwise)
{
    MUST_FLUSH(token, unmap(mapper, page));
    if (held_error(&token) != MAP_OK)
        return otherwise;
#ifdef MISUSE
    frame_4k frame = token.frame;
    flush_held(&token);
    return frame;
#else
    return flush_held(&token);
#endif
}
