/* SPDX-License-Identifier: MIT */
/* gcc: static assertion failed: "UNSAFE needs the reason why the block is sound" */
/* clang: static[_ ]assert.* failed.*UNSAFE needs the reason why the block is sound */
#include <tenorite/arch/paging.h>
#include <tenorite/lib/unsafe.h>

void switch_to(phys_addr root)
{
#ifdef MISUSE
    UNSAFE()
        paging_root_write(root, unsafe);
#else
    UNSAFE("the new root maps this code and this stack at the same addresses")
        paging_root_write(root, unsafe);
#endif
}
