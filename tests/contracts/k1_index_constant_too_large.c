/* SPDX-License-Identifier: MIT */
/* gcc: this constant is not an index of a page table */
/* clang: this constant is not an index of a page table */
#include <tenorite/arch/address.h>

page_table_index last(void)
{
#ifdef MISUSE
    return page_table_index_new(512);
#else
    return page_table_index_new(511);
#endif
}
