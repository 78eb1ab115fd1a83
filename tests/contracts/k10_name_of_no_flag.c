/* SPDX-License-Identifier: MIT */
/* gcc: PAGE_FLAG_HUGE. undeclared */
/* clang: use of undeclared identifier 'PAGE_FLAG_HUGE' */
#include <tenorite/mm/page_flags.h>

page_flags large(void)
{
#ifdef MISUSE
    return PAGE_FLAGS(PRESENT, HUGE);
#else
    return PAGE_FLAGS(PRESENT);
#endif
}
