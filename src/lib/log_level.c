/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/log_level.h>
#include <tenorite/lib/text.h>

static const char *const names[] = {
    [LOG_ERROR] = "error", [LOG_WARNING] = "warning", [LOG_INFO] = "info", [LOG_DEBUG] = "debug"};

const char *log_level_name(enum log_level level)
{
    return names[level];
}

bool log_level_parse(const char *name, enum log_level *level)
{
    for (unsigned i = 0; i < COUNT_OF(names); i++) {
        if (strcmp(name, names[i]) == 0) {
            *level = (enum log_level)i;
            return true;
        }
    }
    return false;
}
