/* SPDX-License-Identifier: MIT */
/* gcc: ignoring return value of .*'enum page_range_error'|ignoring return value of type .enum page_range_error. */
/* clang: ignoring return value of function declared with 'nodiscard' attribute */
#include <tenorite/mm/page_range.h>

bool is_range(uint64_t start, uint64_t length_bytes)
{
#ifdef MISUSE
    page_range_4k_check(start, length_bytes);
    return true;
#else
    return page_range_4k_check(start, length_bytes) == PAGE_RANGE_OK;
#endif
}
