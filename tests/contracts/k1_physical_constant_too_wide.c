/* SPDX-License-Identifier: MIT */
/* gcc: this constant is not a physical address */
/* clang: this constant is not a physical address */
#include <tenorite/arch/address.h>

phys_addr last_address(void)
{
#ifdef MISUSE
    return phys_addr_new(0x0010000000000000);
#else
    return phys_addr_new(0x000fffffffffffff);
#endif
}
