/* SPDX-License-Identifier: MIT */
/* gcc: ._Generic. selector of type .write_only_u32.* is not compatible with any association */
/* clang: controlling expression type 'write_only_u32 \*'.* not compatible with any generic association type */
#include <tenorite/lib/register.h>

struct device {
    read_only_u32 status;
    write_only_u32 command;
    read_write_u32 control;
};

void enable(struct device *device)
{
#ifdef MISUSE
    register_update(&device->command, 0, 1);
#else
    register_update(&device->control, 0, 1);
#endif
}
