/* SPDX-License-Identifier: MIT */
/* Host double of panic() and contract_breach(); a test of the real ones links src/lib/panic.c itself, and the linker
 * then leaves this file in the archive. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <tenorite/lib/panic.h>

char panic_double_message[512];
jmp_buf panic_double_escape;
bool panic_double_is_expected;

void panic(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(panic_double_message, sizeof panic_double_message, format, arguments);
    va_end(arguments);
    if (!panic_double_is_expected) {
        fprintf(stderr, "unexpected panic: %s\n", panic_double_message);
        abort();
    }
    panic_double_is_expected = false;
    longjmp(panic_double_escape, 1);
}

void contract_breach(const char *message)
{
    panic("%s", message);
}
