/* SPDX-License-Identifier: MIT */
/* gcc: incompatible type for argument 2 of .unmap_range. */
/* clang: passing 'frame_range_4k' to parameter of incompatible type 'page_range_4k' */
#include <tenorite/mm/mapper.h>

struct unmapped_range unmap_it(struct mapper *mapper, page_range_4k pages, frame_range_4k shown,
                               struct frame_list *list)
{
    (void)pages, (void)shown;
#ifdef MISUSE
    return flush(unmap_range(mapper, shown, list));
#else
    return flush(unmap_range(mapper, pages, list));
#endif
}
