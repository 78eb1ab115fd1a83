/* SPDX-License-Identifier: MIT */
/* gcc: incompatible type for argument 2 of .translate. */
/* clang: passing 'phys_addr' to parameter of incompatible type 'virt_addr' */
#include <tenorite/mm/mapper.h>

struct translation look_up(const struct mapper *mapper, phys_addr physical, virt_addr virtual)
{
    (void)physical, (void)virtual;
#ifdef MISUSE
    return translate(mapper, physical);
#else
    return translate(mapper, virtual);
#endif
}
