/* SPDX-License-Identifier: MIT */
/* gcc: incompatible type for argument 3 of .map_to_4k. */
/* clang: passing 'frame_2m' to parameter of incompatible type 'frame_4k' */
#include <tenorite/mm/mapper.h>

enum map_error map_it(struct mapper *mapper, page_4k page, frame_4k small, frame_2m large)
{
    (void)small, (void)large;
#ifdef MISUSE
    return flush(map_to(mapper, page, large, PAGE_FLAGS(PRESENT)));
#else
    return flush(map_to(mapper, page, small, PAGE_FLAGS(PRESENT)));
#endif
}
