/* SPDX-License-Identifier: MIT */
/* gcc: ignoring return value of .clean_up_all. declared with attribute .warn_unused_result. */
/* clang: ignoring return value of function declared with '(nodiscard|warn_unused_result)' attribute */
#include <tenorite/mm/mapper.h>

enum map_error clean_it(struct mapper *mapper)
{
#ifdef MISUSE
    clean_up_all(mapper, KERNEL_TABLES_OWN);
    return MAP_OK;
#else
    return flush(clean_up_all(mapper, KERNEL_TABLES_OWN));
#endif
}
