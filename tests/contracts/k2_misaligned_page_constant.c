/* SPDX-License-Identifier: MIT */
/* gcc: this constant is not the start of a page_2m */
/* clang: this constant is not the start of a page_2m */
#include <tenorite/mm/page.h>

page_2m second_page(void)
{
#ifdef MISUSE
    return page_2m_at(virt_addr_new(0x201000));
#else
    return page_2m_at(virt_addr_new(0x200000));
#endif
}
