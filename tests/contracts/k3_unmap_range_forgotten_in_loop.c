/* SPDX-License-Identifier: MIT */
/* gcc: a page-table change is neither flushed nor ignored on some path */
/* clang: a page-table change is neither flushed nor ignored on some path */
#include <tenorite/mm/mapper.h>

/* The loop that unmaps more runs than a list holds. */
enum map_error unmap_all(struct mapper *mapper, page_range_4k left, struct frame_list *frames, bool *is_in_use)
{
    while (left.count > 0) {
        MUST_FLUSH(token, unmap_range(mapper, left, frames));
        if (held_error(&token) != MAP_OK)
            return held_error(&token);
#ifdef MISUSE
        if (!*is_in_use)
            continue;
#endif
        uint64_t done = *is_in_use ? flush_held(&token) : ignore_held(&token);
        left = (page_range_4k){page_4k_forward(left.first, done).value, left.count - done};
    }
    return MAP_OK;
}
