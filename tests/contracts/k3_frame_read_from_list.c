/* SPDX-License-Identifier: MIT */
/* gcc: is deprecated: frames come out of frame_list_run\(\) */
/* clang: is deprecated: frames come out of frame_list_run\(\) */
#include <tenorite/mm/mapper.h>

frame_range_4k unmap_it(struct mapper *mapper, page_range_4k pages, struct frame_list *frames, uint64_t *count)
{
    MUST_FLUSH(token, unmap_range(mapper, pages, frames));
    if (held_error(&token) != MAP_OK)
        return (frame_range_4k){{{0}}, 0};
#ifdef MISUSE
    frame_range_4k first = frames->runs[0];
    *count = flush_held(&token);
    return first;
#else
    *count = flush_held(&token);
    return frame_list_run(frames, 0);
#endif
}
