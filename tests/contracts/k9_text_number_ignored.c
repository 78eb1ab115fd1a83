/* SPDX-License-Identifier: MIT */
/* gcc: ignoring return value of 'text_to_u64' declared with attribute 'warn_unused_result' */
/* clang: ignoring return value of function declared with 'warn_unused_result' attribute */
#include <tenorite/lib/text.h>

uint64_t read_number(const char *text)
{
    uint64_t number = 0;
#ifdef MISUSE
    text_to_u64(text, 100, &number);
#else
    if (!text_to_u64(text, 100, &number))
        return 0;
#endif
    return number;
}
