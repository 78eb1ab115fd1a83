/* SPDX-License-Identifier: MIT */
/* gcc: this constant is not a canonical virtual address */
/* clang: this constant is not a canonical virtual address */
#include <tenorite/arch/address.h>

virt_addr first_address_of_the_hole(void)
{
#ifdef MISUSE
    return virt_addr_new(0x0000800000000000);
#else
    return virt_addr_new(0xffff800000000000);
#endif
}
