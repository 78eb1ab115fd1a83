/* SPDX-License-Identifier: MIT */
/* gcc: is deprecated: the error comes out of flush\(\) */
/* clang: is deprecated: the error comes out of flush\(\) */
#include <tenorite/mm/mapper.h>

bool is_unmapped(struct mapper *mapper, page_1g page)
{
#ifdef MISUSE
    if (unmap(mapper, page).state.error != MAP_OK)
#else
    if (ignore(unmap(mapper, page)).error != MAP_OK)
#endif
        return false;
    return true;
}
