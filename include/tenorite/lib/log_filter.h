/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/log_level.h>

/*
 * Which lines of the log are wanted, as text:
 *
 *     warning,mm:debug,serial:error
 *
 * a list separated by commas. LEVEL is for every module that is not named (LOG_INFO where no such word is there),
 * MODULE:LEVEL for that one; a line is wanted if its level is not above. Where a word repeats another, the later one
 * counts. A module that does not exist (yet) is fine.
 *
 * All functions are pure. Any context.
 */
enum { LOG_FILTER_MODULES = 8, LOG_FILTER_TEXT_BYTES = 192 /* enough for log_filter_format() */ };

struct log_filter {
    enum log_level default_level;
    unsigned count;
    struct {
        char name[LOG_MODULE_BYTES];
        enum log_level level;
    } modules[LOG_FILTER_MODULES];
};

enum NODISCARD log_filter_error {
    LOG_FILTER_OK,
    LOG_FILTER_NO_SUCH_LEVEL,
    LOG_FILTER_EMPTY_MODULE,
    LOG_FILTER_LONG_MODULE,
    LOG_FILTER_MANY_MODULES,
};

struct NODISCARD log_filter_result {
    enum log_filter_error error;
    unsigned word_length;
    const char *word; /* the first that is wrong, inside the text; NULL: none is */
};

/* Reads a filter. On an error *filter is unchanged. Cost: linear in the text. */
struct log_filter_result log_filter_parse(const char *text, struct log_filter *filter);

/* What is wrong, to print in front of the word. */
const char *log_filter_error_text(enum log_filter_error error);

/* The level up to which lines of `module` (NULL: of none) are wanted. Cost: at most LOG_FILTER_MODULES comparisons. */
enum log_level log_filter_level(const struct log_filter *filter, const char *module);

/* Writes the filter as such a text, at most `capacity` bytes including the closing NUL; returns the length the whole
 * text has. */
size_t log_filter_format(const struct log_filter *filter, char *buffer, size_t capacity);
