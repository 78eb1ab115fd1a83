/* SPDX-License-Identifier: MIT */
#include "app/log_commands.h"

void run_log(const struct command_environment *environment, struct console *output, const char *arguments)
{
    struct log_filter filter = printk_filter();
    (void)environment;
    if (arguments[0] == '\0') {
        char text[LOG_FILTER_TEXT_BYTES];
        log_filter_format(&filter, text, sizeof text);
        console_printf(output, "%s\n", text);
        return;
    }
    struct log_filter_result result = log_filter_parse(arguments, &filter);
    if (result.error == LOG_FILTER_OK)
        printk_set_filter(&filter);
    else
        console_printf(output, "log: %s: \"%.*s\"\n", log_filter_error_text(result.error), (int)result.word_length,
                       result.word);
}

/* As few lines at a time as the log itself writes: all 128 take a second and more on a serial line. What is typed
 * meanwhile waits in the terminal's queue, which an interrupt handler fills. */
static bool print_history(struct command_rest *rest, struct console *output)
{
    enum { LINES_AT_A_TIME = 8 };
    return printk_history_print(&rest->history, output, LINES_AT_A_TIME);
}

void begin_dmesg(const struct command_environment *environment, struct console *output, const char *arguments,
                 struct command_rest *rest)
{
    enum log_level level = LOG_DEBUG;
    (void)environment;
    if (arguments[0] != '\0' && !log_level_parse(arguments, &level)) {
        console_printf(output, "dmesg: %s: \"%s\"\n", log_filter_error_text(LOG_FILTER_NO_SUCH_LEVEL), arguments);
        return;
    }
    rest->history = printk_history(level);
    rest->print = print_history;
}
