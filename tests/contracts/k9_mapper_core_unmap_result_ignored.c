/* SPDX-License-Identifier: MIT */
/* gcc: ignoring return value of .mapper_core_unmap_2m. declared with attribute .warn_unused_result. */
/* clang: ignoring return value of function declared with 'warn_unused_result' attribute */
#include <tenorite/mm/mapper_core.h>

struct mapper_removal unmap_it(struct mapper *mapper, uint64_t page)
{
#ifdef MISUSE
    mapper_core_unmap_2m(mapper, page);
    return (struct mapper_removal){0, MAP_OK};
#else
    return mapper_core_unmap_2m(mapper, page);
#endif
}
