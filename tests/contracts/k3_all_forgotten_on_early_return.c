/* SPDX-License-Identifier: MIT */
/* gcc: a page-table change is neither flushed nor ignored on some path */
/* clang: a page-table change is neither flushed nor ignored on some path */
#include <tenorite/mm/mapper.h>

enum map_error clean_it(struct mapper *mapper, bool is_tired)
{
    MUST_FLUSH(token, clean_up_all(mapper, KERNEL_TABLES_OWN));
    if (held_error(&token) != MAP_OK)
        return held_error(&token);
#ifdef MISUSE
    if (is_tired)
        return MAP_OK;
#endif
    if (is_tired)
        ignore_held(&token);
    else
        flush_held(&token);
    return MAP_OK;
}
