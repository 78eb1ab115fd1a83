/* SPDX-License-Identifier: MIT */
/* gcc: ignoring return value of .mapper_core_map_4k. declared with attribute .warn_unused_result. */
/* clang: ignoring return value of function declared with 'warn_unused_result' attribute */
#include <tenorite/mm/mapper_core.h>

enum map_error map_it(struct mapper *mapper, uint64_t page, uint64_t frame)
{
#ifdef MISUSE
    mapper_core_map_4k(mapper, page, frame, 1);
    return MAP_OK;
#else
    return mapper_core_map_4k(mapper, page, frame, 1);
#endif
}
