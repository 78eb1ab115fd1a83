/* SPDX-License-Identifier: MIT */
/* gcc: assignment of read-only (location|variable) */
/* clang: cannot assign to (lvalue|variable|non-static) .*const */
#include <tenorite/task/coroutine.h>
#include <tenorite/task/sleep.h>

ASYNC_FRAME(child, struct sleep sleep;);

/* Not a coroutine itself: containing one is enough. */
struct parent {
    unsigned number;
    struct child child;
};

void copy(struct parent *to, const struct parent *from);
void copy(struct parent *to, const struct parent *from)
{
#ifdef MISUSE
    *to = *from;
#else
    to->number = from->number;
#endif
}
