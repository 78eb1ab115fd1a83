/* SPDX-License-Identifier: MIT */
/* gcc: incompatible types when returning type .frame_4k. but .frame_2m. was expected */
/* clang: returning 'frame_4k' from a function with incompatible result type 'frame_2m' */
#include <tenorite/mm/mapper.h>

#ifdef MISUSE
frame_2m
#else
frame_4k
#endif
unmap_it(struct mapper *mapper, page_4k page)
{
    struct unmapped_4k removed = flush(unmap(mapper, page));
    return removed.frame;
}
