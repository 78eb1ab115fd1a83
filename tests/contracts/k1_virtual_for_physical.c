/* SPDX-License-Identifier: MIT */
/* gcc: incompatible type for argument 1 of .take_physical. */
/* clang: passing 'virt_addr' to parameter of incompatible type 'phys_addr' */
#include <tenorite/arch/address.h>

void take_physical(phys_addr address);

void pass(virt_addr virtual_address, phys_addr physical_address)
{
#ifdef MISUSE
    take_physical(virtual_address);
#else
    take_physical(physical_address);
#endif
    (void)virtual_address, (void)physical_address;
}
