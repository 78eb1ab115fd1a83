/* SPDX-License-Identifier: MIT */
/* gcc: array subscript 4 is above array bounds of .*Werror=array-bounds */
/* clang: array index 4 is past the end of the array .*Werror,-Warray-bounds */
#include <tenorite/lib/compiler.h>

static const uint8_t table[4] = {2, 3, 5, 7};

unsigned last(void)
{
#ifdef MISUSE
    return table[4];
#else
    return table[3];
#endif
}
