/* SPDX-License-Identifier: MIT */
/* gcc: incompatible type for argument 2 of .page_range_4k_inclusive. */
/* clang: passing 'page_2m' to parameter of incompatible type 'page_4k' */
#include <tenorite/mm/page_range.h>

page_range_4k range(page_4k first, page_4k last, page_2m large)
{
    (void)last, (void)large;
#ifdef MISUSE
    return page_range_4k_inclusive(first, large);
#else
    return page_range_4k_inclusive(first, last);
#endif
}
