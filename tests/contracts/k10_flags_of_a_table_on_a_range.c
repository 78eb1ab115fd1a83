/* SPDX-License-Identifier: MIT */
/* gcc: incompatible type for argument 3 of .update_flags_range. */
/* clang: passing 'table_flags' to parameter of incompatible type 'page_flags' */
#include <tenorite/mm/mapper.h>

enum map_error update_it(struct mapper *mapper, page_range_4k pages)
{
#ifdef MISUSE
    return flush(update_flags_range(mapper, pages, TABLE_FLAGS(PRESENT)));
#else
    return flush(update_flags_range(mapper, pages, PAGE_FLAGS(PRESENT)));
#endif
}
