/* SPDX-License-Identifier: MIT */
/* gcc: assignment of read-only (location|variable) */
/* clang: none: clang does not look for const members through arrays; the debug build's moved-frame panic remains */
#include <tenorite/task/coroutine.h>
#include <tenorite/task/sleep.h>

ASYNC_FRAME(child, struct sleep sleep;);

/* Not a coroutine itself: containing one is enough. */
struct parent {
    unsigned number;
    struct child children[2];
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
