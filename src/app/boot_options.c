/* SPDX-License-Identifier: MIT */
#include <tenorite/app/boot_options.h>

#include <tenorite/lib/command_line.h>
#include <tenorite/lib/console.h>
#include <tenorite/lib/printk.h>

/* The value of an option, "" if there is none; valid until the next call. */
static const char *option_value(const char *command_line, const char *name)
{
    static char value[256];
    switch (command_line_value(command_line, name, value, sizeof value)) {
    case COMMAND_LINE_FOUND:
        return value;
    case COMMAND_LINE_TOO_LONG:
        log_warning("main", "the value of %s= is too long", name);
        return "";
    case COMMAND_LINE_ABSENT:
        return "";
    }
    return "";
}

static void apply_log(const char *value)
{
    struct log_filter filter;
    if (value[0] == '\0')
        return;
    struct log_filter_result result = log_filter_parse(value, &filter);
    if (result.error == LOG_FILTER_OK)
        printk_set_filter(&filter);
    else
        log_warning("main", "log= is ignored: %s: \"%.*s\"", log_filter_error_text(result.error),
                    (int)result.word_length, result.word);
}

static void apply_console(const char *names)
{
    if (names[0] != '\0' && console_select(names) != 0)
        log_warning("main", "console=%s names a console that this machine does not have", names);
}

void boot_options_apply(const char *command_line)
{
    apply_log(option_value(command_line, "log"));
    apply_console(option_value(command_line, "console"));
}
