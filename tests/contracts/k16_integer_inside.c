/* SPDX-License-Identifier: MIT */
/* gcc: .value. is deprecated: register_read, register_write and register_update access it */
/* clang: 'value' is deprecated: register_read, register_write and register_update access it */
#include <tenorite/lib/register.h>

struct device {
    read_only_u32 status;
    write_only_u32 command;
    read_write_u32 control;
};

void stop(struct device *device)
{
#ifdef MISUSE
    device->control.value = 0;
#else
    register_write(&device->control, 0);
#endif
}
