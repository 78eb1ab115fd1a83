/* SPDX-License-Identifier: MIT */
/* gcc: static assertion failed: "UNSAFE needs the reason why the block is sound" */
/* clang: static[_ ]assert.* failed.*UNSAFE needs the reason why the block is sound */
#include <tenorite/arch/paging.h>
#include <tenorite/lib/unsafe.h>

#ifdef MISUSE
#define REASON ""
#else
#define REASON "the new root maps this code and this stack at the same addresses"
#endif

void switch_to(phys_addr root)
{
    UNSAFE(REASON)
        paging_root_write(root, unsafe);
}
