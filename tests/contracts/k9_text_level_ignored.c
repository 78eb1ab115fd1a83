/* SPDX-License-Identifier: MIT */
/* gcc: ignoring return value of 'log_level_parse' declared with attribute 'warn_unused_result' */
/* clang: ignoring return value of function declared with 'warn_unused_result' attribute */
#include <tenorite/lib/printk.h>

enum log_level read_level(const char *name)
{
    enum log_level level = LOG_INFO;
#ifdef MISUSE
    log_level_parse(name, &level);
#else
    if (!log_level_parse(name, &level))
        log_warning("text", "no level %s", name);
#endif
    return level;
}
