/* SPDX-License-Identifier: MIT */
/* gcc: assignment of read-only member 'control' */
/* clang: cannot assign to non-static data member 'control' with const-qualified data member 'cannot_be_assigned' */
#include <tenorite/lib/register.h>

struct device {
    read_only_u32 status;
    write_only_u32 command;
    read_write_u32 control;
};

void copy(struct device *to, struct device *from)
{
#ifdef MISUSE
    to->control = from->control;
#else
    register_write(&to->control, register_read(&from->control));
#endif
}
