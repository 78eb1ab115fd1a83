/* SPDX-License-Identifier: MIT */
/* gcc: is deprecated: declare tokens with MUST_FLUSH */
/* clang: is deprecated: declare tokens with MUST_FLUSH */
#include <tenorite/mm/mapper.h>

struct unmapped_range unmap_it(struct mapper *mapper, page_range_4k pages, struct frame_list *frames)
{
#ifdef MISUSE
    struct unmap_token_range token = unmap_range(mapper, pages, frames);
    (void)token;
    return (struct unmapped_range){MAP_OK, pages.count};
#else
    return flush(unmap_range(mapper, pages, frames));
#endif
}
