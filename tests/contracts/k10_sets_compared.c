/* SPDX-License-Identifier: MIT */
/* gcc: incompatible type for argument 2 of .page_flags_intersects. */
/* clang: passing 'table_flags' to parameter of incompatible type 'page_flags' */
#include <tenorite/mm/page_flags.h>

bool is_restricted(page_flags flags)
{
#ifdef MISUSE
    return !page_flags_intersects(flags, TABLE_FLAGS(WRITABLE, USER));
#else
    return !page_flags_intersects(flags, PAGE_FLAGS(WRITABLE, USER));
#endif
}
