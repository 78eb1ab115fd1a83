/* SPDX-License-Identifier: MIT */
/* gcc: incompatible types when returning type .struct virt_addr_result. but .virt_addr. was expected */
/* clang: returning 'struct virt_addr_result' from a function with incompatible result type 'virt_addr' */
#include <tenorite/arch/address.h>

virt_addr from_outside(uint64_t value)
{
#ifdef MISUSE
    return virt_addr_try_new(value);
#else
    return virt_addr_new_truncate(value);
#endif
}
