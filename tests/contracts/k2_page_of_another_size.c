/* SPDX-License-Identifier: MIT */
/* gcc: incompatible type for argument 3 of .map_to_1g. */
/* clang: passing 'frame_2m' to parameter of incompatible type 'frame_1g' */
#include <tenorite/mm/mapper.h>

enum map_error map_it(struct mapper *mapper, page_1g giant, page_2m large, frame_2m frame)
{
    (void)giant, (void)large;
#ifdef MISUSE
    return flush(map_to(mapper, giant, frame, PAGE_FLAGS(PRESENT)));
#else
    return flush(map_to(mapper, large, frame, PAGE_FLAGS(PRESENT)));
#endif
}
