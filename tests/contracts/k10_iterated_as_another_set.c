/* SPDX-License-Identifier: MIT */
/* gcc: incompatible type for argument 1 of .page_flags_walk_begin. */
/* clang: passing 'table_flags' to parameter of incompatible type 'page_flags' */
#include <tenorite/mm/page_flags.h>

unsigned count(page_flags page, table_flags table)
{
    unsigned flags = 0;
    (void)page, (void)table;
#ifdef MISUSE
    FOR_EACH_FLAG(page_flags, part, table)
        flags++;
#else
    FOR_EACH_FLAG(page_flags, part, page)
        flags++;
#endif
    return flags;
}
