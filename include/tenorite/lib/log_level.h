/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/* How much a line of the log matters: the worst first. */
enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/* The name of the part of the kernel that says it, the closing NUL included. */
enum { LOG_MODULE_BYTES = 15 };

/* "error", "warning", "info" or "debug". Any context. */
const char *log_level_name(enum log_level level);

/* Reads such a name; false leaves *level unchanged. Any context. */
bool log_level_parse(const char *name, enum log_level *level) MUST_CHECK;
