/* SPDX-License-Identifier: MIT */
/* gcc: incompatible type for argument 1 of .take_index. */
/* clang: passing 'page_offset' to parameter of incompatible type 'page_table_index' */
#include <tenorite/arch/address.h>

void take_index(page_table_index index);

void pass(virt_addr address)
{
#ifdef MISUSE
    take_index(virt_addr_page_offset(address));
#else
    take_index(virt_addr_p1_index(address));
#endif
}
