/* SPDX-License-Identifier: MIT */
/* gcc: ignoring return value of type 'struct page_flags_parsed', declared with attribute 'nodiscard' */
/* clang: ignoring return value of function declared with 'nodiscard' attribute */
#include <tenorite/mm/page_flags.h>

bool is_readable(const char *text)
{
#ifdef MISUSE
    page_flags_parse(text);
    return true;
#else
    return page_flags_parse(text).error == FLAGS_PARSE_OK;
#endif
}
