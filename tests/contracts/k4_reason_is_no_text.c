/* SPDX-License-Identifier: MIT */
/* gcc: expected '\)' before 'reason' */
/* clang: expected '\)' */
#include <tenorite/arch/paging.h>
#include <tenorite/lib/unsafe.h>

void switch_to(phys_addr root, const char *reason)
{
    (void)reason;
#ifdef MISUSE
    UNSAFE(reason)
        paging_root_write(root, unsafe);
#else
    UNSAFE("the new root maps this code and this stack at the same addresses")
        paging_root_write(root, unsafe);
#endif
}
