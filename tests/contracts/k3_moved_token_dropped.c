/* SPDX-License-Identifier: MIT */
/* gcc: ignoring return value of .map_for_caller. declared with attribute .warn_unused_result. */
/* clang: ignoring return value of function declared with '(nodiscard|warn_unused_result)' attribute */
#include <tenorite/mm/mapper.h>

MAP_FUNCTION(map_for_caller, struct mapper *mapper, page_4k page, frame_4k frame)
{
    return map_to(mapper, page, frame, PAGE_FLAGS(PRESENT));
}

enum map_error map_it(struct mapper *mapper, page_4k page, frame_4k frame)
{
#ifdef MISUSE
    map_for_caller(mapper, page, frame);
    return MAP_OK;
#else
    return flush(map_for_caller(mapper, page, frame));
#endif
}
