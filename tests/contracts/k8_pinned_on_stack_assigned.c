/* SPDX-License-Identifier: MIT */
/* gcc: assignment of read-only location '\*to' */
/* clang: cannot assign to lvalue with const-qualified data member 'cannot_be_assigned' */
#include <tenorite/task/pinned.h>
#include <tenorite/task/yield.h>

enum poll look(struct context *context, struct pinned *to);
enum poll look(struct context *context, struct pinned *to)
{
    PIN_ON_STACK(yield, here);
#ifdef MISUSE
    *to = here;
#else
    (void)to;
#endif
    return pinned_poll(&here, context);
}
