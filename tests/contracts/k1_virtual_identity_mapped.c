/* SPDX-License-Identifier: MIT */
/* gcc: ._Generic. selector of type .* is not compatible with any association */
/* clang: controlling expression type 'page_4k' not compatible with any generic association type */
#include <tenorite/mm/mapper.h>

enum map_error map_it(struct mapper *mapper, page_4k page, frame_4k frame)
{
    (void)page, (void)frame;
#ifdef MISUSE
    return flush(identity_map(mapper, page, PAGE_FLAGS(PRESENT)));
#else
    return flush(identity_map(mapper, frame, PAGE_FLAGS(PRESENT)));
#endif
}
