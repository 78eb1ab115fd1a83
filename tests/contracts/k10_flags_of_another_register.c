/* SPDX-License-Identifier: MIT */
/* gcc: incompatible type for argument 3 of .update_flags_4k. */
/* clang: passing 'cr4_flags' to parameter of incompatible type 'page_flags' */
#include <tenorite/mm/mapper.h>

#define CR4_FLAG_LIST(FLAG)                                                                                          \
    FLAG(CR4, PAGE_GLOBAL_ENABLE, 7)                                                                                 \
    FLAG(CR4, SMEP, 20)
DEFINE_FLAG_SET(cr4_flags, CR4_FLAG_LIST);

enum map_error update_it(struct mapper *mapper, page_4k page, cr4_flags flags)
{
    (void)flags;
#ifdef MISUSE
    return flush(update_flags(mapper, page, flags));
#else
    return flush(update_flags(mapper, page, PAGE_FLAGS(PRESENT)));
#endif
}
