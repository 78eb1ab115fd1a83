/* SPDX-License-Identifier: MIT */
/* gcc: TABLE_FLAG_NO_EXECUTE. undeclared */
/* clang: use of undeclared identifier 'TABLE_FLAG_NO_EXECUTE' */
#include <tenorite/mm/page_flags.h>

table_flags restricted(void)
{
#ifdef MISUSE
    return TABLE_FLAGS(PRESENT, NO_EXECUTE);
#else
    return TABLE_FLAGS(PRESENT);
#endif
}
