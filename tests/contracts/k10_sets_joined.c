/* SPDX-License-Identifier: MIT */
/* gcc: incompatible type for argument 2 of .page_flags_union. */
/* clang: passing 'table_flags' to parameter of incompatible type 'page_flags' */
#include <tenorite/mm/page_flags.h>

page_flags with_user(page_flags flags)
{
#ifdef MISUSE
    return page_flags_union(flags, TABLE_FLAGS(USER));
#else
    return page_flags_union(flags, PAGE_FLAGS(USER));
#endif
}
