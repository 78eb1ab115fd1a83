/* SPDX-License-Identifier: MIT */
/* gcc: subscripted value is neither array nor pointer */
/* clang: subscripted value is not an array, pointer, or vector */
#include <tenorite/lib/span.h>

unsigned first(const_byte_span span)
{
#ifdef MISUSE
    return span[0];
#else
    return *SPAN_AT(span, 0);
#endif
}
