/* SPDX-License-Identifier: MIT */
/* gcc: ignoring return value of type 'struct page_flags_result', declared with attribute 'nodiscard' */
/* clang: ignoring return value of function declared with 'nodiscard' attribute */
#include <tenorite/mm/page_flags.h>

bool check(uint64_t bits)
{
#ifdef MISUSE
    page_flags_from_bits(bits);
    return true;
#else
    return page_flags_from_bits(bits).is_valid;
#endif
}
