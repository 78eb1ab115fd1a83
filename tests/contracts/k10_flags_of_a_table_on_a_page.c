/* SPDX-License-Identifier: MIT */
/* gcc: incompatible type for argument 4 of .map_to_4k. */
/* clang: passing 'table_flags' to parameter of incompatible type 'page_flags' */
#include <tenorite/mm/mapper.h>

enum map_error map_it(struct mapper *mapper, page_4k page, frame_4k frame)
{
#ifdef MISUSE
    return flush(map_to(mapper, page, frame, TABLE_FLAGS(PRESENT)));
#else
    return flush(map_to(mapper, page, frame, PAGE_FLAGS(PRESENT)));
#endif
}
