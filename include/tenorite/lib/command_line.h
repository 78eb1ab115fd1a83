/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * Options on the kernel's command line: words separated by spaces (or any other bytes up to 32), each `key=value` or
 * a bare `flag`. Double quotes keep spaces inside a word, wherever they start, and are not part of it: key="a b" and
 * "key=a b" are the same; a quote that is never closed reaches to the end of the line. There is no escape
 * character. Other bytes, UTF-8 or not, stand for themselves.
 *
 * All functions are pure and linear in the length of the line. Any context.
 */
enum NODISCARD command_line_result { COMMAND_LINE_FOUND, COMMAND_LINE_ABSENT, COMMAND_LINE_TOO_LONG };

/*
 * Copies the value of `key` into `value` (`capacity` bytes, closing NUL included). Where a key is repeated, the last
 * one wins, so that an option can be overridden by appending. `key=` has an empty value; a bare `key` has none.
 *
 * COMMAND_LINE_ABSENT: no such key. COMMAND_LINE_TOO_LONG: the value does not fit; a cut value would be another
 * value. In both cases *value is unchanged: fill in the default before the call.
 */
enum command_line_result command_line_value(const char *line, const char *key, char *value, size_t capacity);

/* Whether the bare word `flag` is on the line; `flag=value` does not count. */
bool command_line_has_flag(const char *line, const char *flag) MUST_CHECK;
