/* SPDX-License-Identifier: MIT */
/* gcc: incompatible type for argument 2 of .map_range. */
/* clang: passing 'page_range_2m' to parameter of incompatible type 'page_range_4k' */
#include <tenorite/mm/mapper.h>

enum map_error map_it(struct mapper *mapper, page_range_2m pages, frame_4k first)
{
#ifdef MISUSE
    return flush(map_range(mapper, pages, first, PAGE_FLAGS(PRESENT), PAGE_SIZE_2M));
#else
    return flush(map_range(mapper, page_range_2m_as_4k(pages), first, PAGE_FLAGS(PRESENT), PAGE_SIZE_2M));
#endif
}
