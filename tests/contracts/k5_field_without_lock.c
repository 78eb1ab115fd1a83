/* SPDX-License-Identifier: MIT */
/* gcc: 'value' is deprecated: lock the mutex first */
/* clang: 'value' is deprecated: lock the mutex first */
#include <tenorite/lib/mutex.h>

static MUTEX(unsigned) counter = MUTEX_INIT(1);

unsigned count(void)
{
    unsigned result = 0;
#ifdef MISUSE
    result = ++counter.value;
#else
    WITH_LOCK(&counter, value)
        result = ++*value;
#endif
    return result;
}
