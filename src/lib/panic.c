/* SPDX-License-Identifier: MIT */
#include <tenorite/lib/console.h>
#include <tenorite/lib/format.h>
#include <tenorite/lib/panic.h>
#include <tenorite/lib/printk.h>

/*
 * Anything on the way to the consoles may fail again: a bad pointer among the arguments, a damaged ring, a console that
 * faults. Each such failure comes back here as a panic one level deeper, which relies on less:
 *
 *   level 0   the message, then the log, then the panic line
 *   level 1   the first message if it is not out yet (as much of it as was formatted), then one line of its own
 *   deeper    nothing: the machine stops
 */
static unsigned panic_count;
static char first_message[PANIC_MESSAGE_BYTES];
static bool is_first_printed;

/* Called by the code that compilers emit at the end of a function whose canary has changed. */
NO_RETURN void __stack_chk_fail(void); /* NOLINT(bugprone-reserved-identifier,cert-*): a fixed name */

static void print_line(const char *mark, const char *message)
{
    console_start_line();
    console_set_style(CONSOLE_ERROR);
    console_print(mark);
    console_print(message);
    console_set_style(CONSOLE_PLAIN);
    console_print("\n");
}

static void print_first(void)
{
    print_line("panic: ", first_message);
    __atomic_store_n(&is_first_printed, true, __ATOMIC_RELAXED);
}

static void print_nested(const char *format, va_list arguments)
{
    char message[PANIC_MESSAGE_BYTES];
    struct console *broken = console_take_interrupted();
    if (broken)
        broken->is_selected = false;
    if (!__atomic_load_n(&is_first_printed, __ATOMIC_RELAXED))
        print_first();
    format_string_va(message, sizeof message, format, arguments);
    print_line("panic inside a panic: ", message);
}

void panic(const char *format, ...)
{
    panic_freeze();
    unsigned level = __atomic_fetch_add(&panic_count, 1, __ATOMIC_RELAXED);
    va_list arguments;
    va_start(arguments, format);
    if (level == 0) {
        (void)console_take_interrupted(); /* struck inside it, which does not mean that it is broken */
        format_string_va(first_message, sizeof first_message, format, arguments);
        printk_go_direct();
        print_first();
    } else if (level == 1) {
        print_nested(format, arguments);
    }
    va_end(arguments);
    panic_stop();
}

void contract_breach(const char *message)
{
    panic("%s", message);
}

void __stack_chk_fail(void)
{
    panic("stack smashed: the canary of the function at %p was overwritten", __builtin_return_address(0));
}
