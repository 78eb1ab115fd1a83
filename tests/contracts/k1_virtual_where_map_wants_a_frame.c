/* SPDX-License-Identifier: MIT */
/* gcc: incompatible type for argument 3 of .map_to_4k. */
/* clang: passing 'page_4k' to parameter of incompatible type 'frame_4k' */
#include <tenorite/mm/mapper.h>

enum map_error map_it(struct mapper *mapper, page_4k page, frame_4k frame)
{
#ifdef MISUSE
    (void)frame;
    return flush(map_to(mapper, page, page, PAGE_FLAGS(PRESENT)));
#else
    return flush(map_to(mapper, page, frame, PAGE_FLAGS(PRESENT)));
#endif
}
