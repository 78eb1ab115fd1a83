/* SPDX-License-Identifier: MIT */
/* gcc: static assertion failed: "this is no array" */
/* clang: static[_ ]assert.* failed.*this is no array */
#include <tenorite/lib/span.h>

unsigned sum(const uint8_t *bytes, size_t count)
{
#ifdef MISUSE
    const_byte_span span = SPAN_OF_ARRAY(bytes);
#else
    const_byte_span span = {bytes, count};
#endif
    unsigned total = 0;
    for (size_t i = 0; i < count; i++)
        total += *SPAN_AT(span, i);
    return total;
}
