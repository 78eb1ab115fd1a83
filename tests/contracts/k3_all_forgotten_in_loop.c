/* SPDX-License-Identifier: MIT */
/* gcc: a page-table change is neither flushed nor ignored on some path */
/* clang: a page-table change is neither flushed nor ignored on some path */
#include <tenorite/mm/mapper.h>

enum map_error clean_them(struct mapper *mappers, int count, int in_use)
{
    for (int i = 0; i < count; i++) {
        MUST_FLUSH(token, clean_up_all(&mappers[i], KERNEL_TABLES_SHARED));
        if (held_error(&token) != MAP_OK)
            return held_error(&token);
        if (i != in_use) {
#ifndef MISUSE
            ignore_held(&token);
#endif
            continue;
        }
        flush_held(&token);
    }
    return MAP_OK;
}
