/* SPDX-License-Identifier: MIT */
/* gcc: none: the name in MAP_FUNCTION has to be one that it lets pass everywhere */
/* clang: is deprecated: declare tokens with MUST_FLUSH */
#include <tenorite/mm/mapper.h>

enum map_error map_it(struct mapper *mapper, page_4k page, frame_4k frame)
{
#ifdef MISUSE
    map_token_result token = map_to(mapper, page, frame, PAGE_FLAGS(PRESENT));
    return flush(token);
#else
    MUST_FLUSH(token, map_to(mapper, page, frame, PAGE_FLAGS(PRESENT)));
    return ignore(flush_move(&token));
#endif
}
