/* SPDX-License-Identifier: MIT */
/* gcc: incompatible types when returning type .struct page_flags_parsed. but .page_flags. was expected */
/* clang: returning 'struct page_flags_parsed' from a function with incompatible result type 'page_flags' */
#include <tenorite/mm/page_flags.h>

page_flags from_text(const char *text)
{
#ifdef MISUSE
    return page_flags_parse(text);
#else
    struct page_flags_parsed parsed = page_flags_parse(text);
    return parsed.error ? PAGE_FLAGS() : parsed.flags;
#endif
}
