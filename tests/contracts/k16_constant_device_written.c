/* SPDX-License-Identifier: MIT */
/* gcc: ._Generic. selector of type .const read_write_u32.* is not compatible with any association */
/* clang: controlling expression type 'const read_write_u32 \*'.* not compatible with any generic association type */
#include <tenorite/lib/register.h>

struct device {
    read_only_u32 status;
    write_only_u32 command;
    read_write_u32 control;
};

void stop(const struct device *seen, struct device *device)
{
    (void)seen, (void)device;
#ifdef MISUSE
    register_write(&seen->control, 0);
#else
    register_write(&device->control, 0);
#endif
}
