/* SPDX-License-Identifier: MIT */
/* gcc: ignoring return value of .unmap_range. declared with attribute .warn_unused_result. */
/* clang: ignoring return value of function declared with '(nodiscard|warn_unused_result)' attribute */
#include <tenorite/mm/mapper.h>

struct unmapped_range unmap_it(struct mapper *mapper, page_range_4k pages, struct frame_list *frames)
{
#ifdef MISUSE
    unmap_range(mapper, pages, frames);
    return (struct unmapped_range){MAP_OK, pages.count};
#else
    return flush(unmap_range(mapper, pages, frames));
#endif
}
