/* SPDX-License-Identifier: MIT */
/* gcc: is deprecated: declare tokens with MUST_FLUSH */
/* clang: is deprecated: declare tokens with MUST_FLUSH */
#include <tenorite/mm/mapper.h>

enum map_error clean_it(struct mapper *mapper)
{
#ifdef MISUSE
    struct all_token token = clean_up_all(mapper, KERNEL_TABLES_OWN);
    (void)token;
    return MAP_OK;
#else
    return ignore(clean_up_all(mapper, KERNEL_TABLES_OWN));
#endif
}
