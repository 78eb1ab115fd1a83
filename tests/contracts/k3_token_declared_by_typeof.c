/* SPDX-License-Identifier: MIT */
/* gcc: is deprecated: declare tokens with MUST_FLUSH */
/* clang: is deprecated: declare tokens with MUST_FLUSH */
#include <tenorite/mm/mapper.h>

void map_it(struct mapper *mapper, page_4k page, frame_4k frame, enum map_error *error)
{
#ifdef MISUSE
    typeof(map_to(mapper, page, frame, PAGE_FLAGS(PRESENT))) token = map_to(mapper, page, frame, PAGE_FLAGS(PRESENT));
    (void)token;
#endif
    *error = flush(map_to(mapper, page, frame, PAGE_FLAGS(PRESENT)));
}
