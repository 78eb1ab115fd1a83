/* SPDX-License-Identifier: MIT */
/* gcc: 'unsafe' undeclared */
/* clang: use of undeclared identifier 'unsafe' */
#include <tenorite/arch/paging.h>
#include <tenorite/lib/unsafe.h>

void switch_twice(phys_addr there, phys_addr back)
{
    UNSAFE("both roots map this code and this stack at the same addresses") {
        paging_root_write(there, unsafe);
#ifndef MISUSE
        paging_root_write(back, unsafe);
#endif
    }
#ifdef MISUSE
    paging_root_write(back, unsafe);
#endif
}
