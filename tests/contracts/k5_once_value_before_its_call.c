/* SPDX-License-Identifier: MIT */
/* gcc: .value. is deprecated: ask settings_call or settings_get for it */
/* clang: 'value' is deprecated: ask settings_call or settings_get for it */
#include <tenorite/lib/once.h>

DEFINE_ONCE(settings, int);

int read(settings *once)
{
#ifdef MISUSE
    return once->value;
#else
    int *value = settings_get(once);
    return value ? *value : 0;
#endif
}
