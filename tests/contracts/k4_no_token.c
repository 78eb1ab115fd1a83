/* SPDX-License-Identifier: MIT */
/* gcc: too few arguments to function 'paging_root_write' */
/* clang: too few arguments to function call */
#include <tenorite/arch/paging.h>
#include <tenorite/lib/unsafe.h>

void switch_to(phys_addr root)
{
    UNSAFE("the new root maps this code and this stack at the same addresses")
#ifdef MISUSE
        paging_root_write(root);
#else
        paging_root_write(root, unsafe);
#endif
}
