/* SPDX-License-Identifier: MIT */
/* gcc: is deprecated: the error comes out of flush\(\) */
/* clang: is deprecated: the error comes out of flush\(\) */
#include <tenorite/mm/mapper.h>

enum map_error map_it(struct mapper *mapper, page_4k page, frame_4k frame)
{
#ifdef MISUSE
    return map_to(mapper, page, frame, PAGE_FLAGS(PRESENT)).state.error;
#else
    return flush(map_to(mapper, page, frame, PAGE_FLAGS(PRESENT)));
#endif
}
