/* SPDX-License-Identifier: MIT */
/* gcc: a page-table change is neither flushed nor ignored on some path */
/* clang: a page-table change is neither flushed nor ignored on some path */
#include <tenorite/mm/mapper.h>

NO_INLINE static FLUSH_ALL_FUNCTION(clean_for_caller, struct mapper *mapper)
{
    MUST_FLUSH(token, clean_up_all(mapper, KERNEL_TABLES_OWN));
    return flush_move(&token);
}

enum map_error clean_it(struct mapper *mapper)
{
    MUST_FLUSH(token, clean_for_caller(mapper));
    if (held_error(&token) != MAP_OK)
        return held_error(&token);
#ifndef MISUSE
    flush_held(&token);
#endif
    return MAP_OK;
}
