/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/format.h>
#include <tenorite/lib/log_filter.h>
#include <tenorite/lib/text.h>

#include "lib/word_list.h"

/* No level's name is as long as this, so that what was cut is none. */
enum { LEVEL_BYTES = 16 };

static bool read_level(struct word text, enum log_level *level)
{
    char name[LEVEL_BYTES];
    text_copy(name, sizeof name, text.start, text.length);
    return log_level_parse(name, level);
}

static enum log_filter_error set_module(struct log_filter *filter, struct word name, enum log_level level)
{
    if (name.length == 0)
        return LOG_FILTER_EMPTY_MODULE;
    if (name.length >= LOG_MODULE_BYTES)
        return LOG_FILTER_LONG_MODULE;
    unsigned i = 0;
    while (i < filter->count && !word_is(name, filter->modules[i].name))
        i++;
    if (i == LOG_FILTER_MODULES)
        return LOG_FILTER_MANY_MODULES;
    text_copy(filter->modules[i].name, LOG_MODULE_BYTES, name.start, name.length);
    filter->modules[i].level = level;
    filter->count += i == filter->count;
    return LOG_FILTER_OK;
}

static enum log_filter_error obey(struct log_filter *filter, struct word word)
{
    struct word module = {word.start, 0};
    while (module.length < word.length && word.start[module.length] != ':')
        module.length++;
    bool has_module = module.length < word.length;
    size_t skipped = has_module ? module.length + 1 : 0;
    enum log_level level;
    if (!read_level((struct word){word.start + skipped, word.length - skipped}, &level))
        return LOG_FILTER_NO_SUCH_LEVEL;
    if (has_module)
        return set_module(filter, module, level);
    filter->default_level = level;
    return LOG_FILTER_OK;
}

struct log_filter_result log_filter_parse(const char *text, struct log_filter *filter)
{
    struct log_filter parsed = {.default_level = LOG_INFO};
    for (struct word word = word_list_first(text); word.start != NULL; word = word_list_next(word)) {
        enum log_filter_error error = obey(&parsed, word);
        if (error != LOG_FILTER_OK)
            return (struct log_filter_result){error, (unsigned)word.length, word.start};
    }
    *filter = parsed;
    return (struct log_filter_result){LOG_FILTER_OK, 0, NULL};
}

const char *log_filter_error_text(enum log_filter_error error)
{
    static_assert(LOG_MODULE_BYTES == 15 && LOG_FILTER_MODULES == 8, "the texts name them");
    switch (error) {
    case LOG_FILTER_OK:
        return "no error";
    case LOG_FILTER_NO_SUCH_LEVEL:
        return "no such level (error, warning, info, debug)";
    case LOG_FILTER_EMPTY_MODULE:
        return "no module before the colon";
    case LOG_FILTER_LONG_MODULE:
        return "a module's name has at most 14 characters";
    case LOG_FILTER_MANY_MODULES:
        return "more than 8 modules";
    }
    __builtin_unreachable();
}

enum log_level log_filter_level(const struct log_filter *filter, const char *module)
{
    for (unsigned i = 0; module != NULL && i < filter->count; i++)
        if (strncmp(module, filter->modules[i].name, LOG_MODULE_BYTES) == 0)
            return filter->modules[i].level;
    return filter->default_level;
}

size_t log_filter_format(const struct log_filter *filter, char *buffer, size_t capacity)
{
    size_t length = format_string(buffer, capacity, "%s", log_level_name(filter->default_level));
    for (unsigned i = 0; i < filter->count; i++)
        length = format_append(buffer, capacity, length, ",%s:%s", filter->modules[i].name,
                               log_level_name(filter->modules[i].level));
    return length;
}
