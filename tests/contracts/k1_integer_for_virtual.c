/* SPDX-License-Identifier: MIT */
/* gcc: incompatible type for argument 1 of .take_virtual. */
/* clang: passing 'uint64_t' .* to parameter of incompatible type 'virt_addr' */
#include <tenorite/arch/address.h>

void take_virtual(virt_addr address);

void pass(uint64_t value)
{
#ifdef MISUSE
    take_virtual(value);
#else
    take_virtual(virt_addr_new(value));
#endif
}
