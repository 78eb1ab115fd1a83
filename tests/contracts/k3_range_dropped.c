/* SPDX-License-Identifier: MIT */
/* gcc: ignoring return value of .map_range. declared with attribute .warn_unused_result. */
/* clang: ignoring return value of function declared with '(nodiscard|warn_unused_result)' attribute */
#include <tenorite/mm/mapper.h>

enum map_error map_it(struct mapper *mapper, page_range_4k pages, frame_4k first)
{
#ifdef MISUSE
    map_range(mapper, pages, first, PAGE_FLAGS(PRESENT), PAGE_SIZE_4K);
    return MAP_OK;
#else
    return flush(map_range(mapper, pages, first, PAGE_FLAGS(PRESENT), PAGE_SIZE_4K));
#endif
}
