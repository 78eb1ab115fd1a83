/* SPDX-License-Identifier: MIT */
/* gcc: incompatible type for argument 2 of .phys_addr_difference. */
/* clang: passing 'virt_addr' to parameter of incompatible type 'phys_addr' */
#include <tenorite/arch/address.h>

uint64_t distance(phys_addr end, phys_addr start, virt_addr window)
{
    (void)start, (void)window;
#ifdef MISUSE
    return phys_addr_difference(end, window);
#else
    return phys_addr_difference(end, start);
#endif
}
