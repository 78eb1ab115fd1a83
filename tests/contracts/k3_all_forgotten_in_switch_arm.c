/* SPDX-License-Identifier: MIT */
/* gcc: a page-table change is neither flushed nor ignored on some path */
/* clang: a page-table change is neither flushed nor ignored on some path */
#include <tenorite/mm/mapper.h>

enum map_error clean_it(struct mapper *mapper, page_range_4k pages, enum kernel_tables kernel)
{
    MUST_FLUSH(token, clean_up(mapper, pages, kernel));
    if (held_error(&token) != MAP_OK)
        return held_error(&token);
    switch (kernel) {
    case KERNEL_TABLES_OWN:
#ifndef MISUSE
        ignore_held(&token);
#endif
        return MAP_OK;
    case KERNEL_TABLES_SHARED:
        break;
    }
    flush_held(&token);
    return MAP_OK;
}
