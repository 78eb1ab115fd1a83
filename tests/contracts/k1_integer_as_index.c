/* SPDX-License-Identifier: MIT */
/* gcc: incompatible type for argument 4 of .page_4k_from_indexes. */
/* clang: passing 'int' to parameter of incompatible type 'page_table_index' */
#include <tenorite/mm/page.h>

page_4k page_below(page_table_index p4, page_table_index p3, page_table_index p2)
{
#ifdef MISUSE
    return page_4k_from_indexes(p4, p3, p2, 7);
#else
    return page_4k_from_indexes(p4, p3, p2, page_table_index_new(7));
#endif
}
