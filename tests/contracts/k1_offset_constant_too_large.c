/* SPDX-License-Identifier: MIT */
/* gcc: this constant is not an offset in a page */
/* clang: this constant is not an offset in a page */
#include <tenorite/arch/address.h>

page_offset last(void)
{
#ifdef MISUSE
    return page_offset_new(4096);
#else
    return page_offset_new(4095);
#endif
}
