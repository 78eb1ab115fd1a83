/* SPDX-License-Identifier: MIT */
/* gcc: assignment of read-only (location|variable) */
/* clang: cannot assign to (lvalue|variable|non-static) .*const */
#include <tenorite/task/coroutine.h>
#include <tenorite/task/sleep.h>

ASYNC_FRAME(wait, struct sleep sleep;);

void restart(struct wait *to, const struct wait *from);
void restart(struct wait *to, const struct wait *from)
{
#ifdef MISUSE
    *to = *from;
#else
    (void)from;
    coroutine_init(&to->coroutine);
#endif
}
