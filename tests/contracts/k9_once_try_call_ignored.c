/* SPDX-License-Identifier: MIT */
/* gcc: ignoring return value of .settings_try_call. declared with attribute .warn_unused_result. */
/* clang: ignoring return value of function declared with 'warn_unused_result' attribute */
#include <tenorite/lib/once.h>

DEFINE_ONCE(settings, int);

bool initialise(int *value, void *context);

bool prepare(settings *once)
{
#ifdef MISUSE
    settings_try_call(once, initialise, NULL);
    return true;
#else
    return settings_try_call(once, initialise, NULL) != NULL;
#endif
}
