/* SPDX-License-Identifier: MIT */
/* gcc: ignoring return value of .unmap_token_4k_flush. declared with attribute .warn_unused_result. */
/* clang: ignoring return value of function declared with '(nodiscard|warn_unused_result)' attribute */
#include <tenorite/mm/mapper.h>

struct unmapped_4k unmap_it(struct mapper *mapper, page_4k page)
{
#ifdef MISUSE
    flush(unmap(mapper, page));
    return (struct unmapped_4k){MAP_OK, {{0}}};
#else
    return flush(unmap(mapper, page));
#endif
}
