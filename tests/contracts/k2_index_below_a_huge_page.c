/* SPDX-License-Identifier: MIT */
/* gcc: implicit declaration of function .page_1g_p2_index. */
/* clang: implicit declaration of function 'page_1g_p2_index'|undeclared function 'page_1g_p2_index' */
#include <tenorite/mm/page.h>

page_table_index index(page_1g page)
{
#ifdef MISUSE
    return page_1g_p2_index(page);
#else
    return page_1g_p3_index(page);
#endif
}
