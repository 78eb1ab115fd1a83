/* SPDX-License-Identifier: MIT */
/* gcc: incompatible type for argument 1 of .take_range. */
/* clang: passing 'frame_range_4k' to parameter of incompatible type 'page_range_4k' */
#include <tenorite/mm/page_range.h>

void take_range(page_range_4k range);

void pass(page_range_4k pages, frame_range_4k frames)
{
    (void)pages, (void)frames;
#ifdef MISUSE
    take_range(frames);
#else
    take_range(pages);
#endif
}
