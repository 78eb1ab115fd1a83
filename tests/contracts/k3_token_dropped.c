/* SPDX-License-Identifier: MIT */
/* gcc: ignoring return value of .map_to_4k. declared with attribute .warn_unused_result. */
/* clang: ignoring return value of function declared with '(nodiscard|warn_unused_result)' attribute */
#include <tenorite/mm/mapper.h>

enum map_error map_it(struct mapper *mapper, page_4k page, frame_4k frame)
{
#ifdef MISUSE
    map_to(mapper, page, frame, PAGE_FLAGS(PRESENT));
    return MAP_OK;
#else
    return flush(map_to(mapper, page, frame, PAGE_FLAGS(PRESENT)));
#endif
}
