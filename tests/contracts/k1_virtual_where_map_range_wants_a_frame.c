/* SPDX-License-Identifier: MIT */
/* gcc: incompatible type for argument 3 of .map_range. */
/* clang: passing 'page_4k' to parameter of incompatible type 'frame_4k' */
#include <tenorite/mm/mapper.h>

enum map_error map_it(struct mapper *mapper, page_range_4k pages, frame_4k first)
{
#ifdef MISUSE
    (void)first;
    return flush(map_range(mapper, pages, pages.first, PAGE_FLAGS(PRESENT), PAGE_SIZE_4K));
#else
    return flush(map_range(mapper, pages, first, PAGE_FLAGS(PRESENT), PAGE_SIZE_4K));
#endif
}
