/* SPDX-License-Identifier: MIT */
/* gcc: assignment of read-only member */
/* clang: cannot assign to (lvalue|variable|non-static) .*const */
#include <tenorite/lib/mutex.h>

struct statistics {
    MUTEX(unsigned) hits;
};

void copy(struct statistics *to, struct statistics *from)
{
#ifdef MISUSE
    to->hits = from->hits;
#else
    unsigned hits = 0;
    WITH_LOCK(&from->hits, value)
        hits = *value;
    WITH_LOCK(&to->hits, value)
        *value = hits;
#endif
}
