/* SPDX-License-Identifier: MIT */
#include "kernel_test.h"

#include <tenorite/arch/power.h>
#include <tenorite/lib/console.h>
#include <tenorite/lib/format.h>
#include <tenorite/lib/panic.h>

static const char *running;
static size_t planned, passed, failed;
static bool has_failed;

void kernel_test_plan(size_t count)
{
    planned = count;
    console_print_line("1..%zu", count);
}

void kernel_test_begin(const char *name)
{
    ASSERT(!running, "test %s is still running", running);
    running = name;
    has_failed = false;
}

void kernel_test_end(void)
{
    ASSERT(running, "no test is running");
    if (has_failed)
        failed++;
    else
        passed++;
    console_print_line("%s %zu - %s", has_failed ? "not ok" : "ok", passed + failed, running);
    running = NULL;
}

void kernel_test_finish(void)
{
    console_print_line("# %zu passed, %zu failed", passed, failed);
    power_exit(failed == 0 && passed == planned ? KERNEL_TEST_PASSED : KERNEL_TEST_FAILED);
}

void kernel_test_run(const struct kernel_test *tests, size_t count)
{
    kernel_test_plan(count);
    for (size_t i = 0; i < count; i++) {
        kernel_test_begin(tests[i].name);
        tests[i].run();
        kernel_test_end();
    }
    kernel_test_finish();
}

void kernel_test_fail(const char *format, ...)
{
    char text[160];
    va_list arguments;
    va_start(arguments, format);
    format_string_va(text, sizeof text, format, arguments);
    va_end(arguments);
    console_print_line("# %s: %s", running ? running : "outside a test", text);
    has_failed = true;
}
