/* SPDX-License-Identifier: MIT */
/* gcc: assignment of read-only variable 'value' */
/* clang: cannot assign to variable 'value' with const-qualified type */
#include <tenorite/lib/mutex.h>

static MUTEX(unsigned) counter;

void count(unsigned *other)
{
    WITH_LOCK(&counter, value) {
#ifdef MISUSE
        value = other;
#endif
        *value += *other;
    }
}
