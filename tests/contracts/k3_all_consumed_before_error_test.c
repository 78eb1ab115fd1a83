/* SPDX-License-Identifier: MIT */
/* gcc: this token is not known to hold a change */
/* clang: this token is not known to hold a change */
#include <tenorite/mm/mapper.h>

enum map_error clean_it(struct mapper *mapper)
{
    MUST_FLUSH(token, clean_up_all(mapper, KERNEL_TABLES_OWN));
#ifndef MISUSE
    if (held_error(&token) == MAP_OK)
#endif
        flush_held(&token);
    return held_error(&token);
}
