/* SPDX-License-Identifier: MIT */
/* gcc: incompatible types when returning type .struct page_flags_result. but .page_flags. was expected */
/* clang: returning 'struct page_flags_result' from a function with incompatible result type 'page_flags' */
#include <tenorite/mm/page_flags.h>

page_flags from_outside(uint64_t bits)
{
#ifdef MISUSE
    return page_flags_from_bits(bits);
#else
    return page_flags_from_bits_truncate(bits);
#endif
}
