/* SPDX-License-Identifier: MIT */
/* gcc: 'value' undeclared */
/* clang: use of undeclared identifier 'value' */
#include <tenorite/lib/mutex.h>

static MUTEX(unsigned) counter;

void count_twice(void)
{
    WITH_LOCK(&counter, value) {
        ++*value;
#ifndef MISUSE
        ++*value;
#endif
    }
#ifdef MISUSE
    ++*value;
#endif
}
