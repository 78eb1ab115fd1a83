/* SPDX-License-Identifier: MIT */
/* gcc: 'unsafe' undeclared */
/* clang: use of undeclared identifier 'unsafe' */
#include <tenorite/arch/paging.h>
#include <tenorite/lib/unsafe.h>

void switch_to(phys_addr root)
{
#ifdef MISUSE
    paging_root_write(root, unsafe);
#else
    UNSAFE("the new root maps this code and this stack at the same addresses")
        paging_root_write(root, unsafe);
#endif
}
