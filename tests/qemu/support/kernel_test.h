/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * Tests that run inside a kernel of their own. Results go to every console as TAP: a plan `1..N`, a line `ok K - name`
 * or `not ok K - name` each, and `# N passed, M failed` at the end; then the machine exits with KERNEL_TEST_PASSED or
 * KERNEL_TEST_FAILED. The runner (tools/vm/) believes a pass only if all of these agree.
 */
struct kernel_test {
    const char *name;
    void (*run)(void);
};

#define KERNEL_TEST(function)                                                                                        \
    {                                                                                                                \
#function, function                                                                                          \
    }

enum { KERNEL_TEST_PASSED = 0x10, KERNEL_TEST_FAILED = 0x11 };

/* Runs the tests in order and ends the machine. */
NO_RETURN void kernel_test_run(const struct kernel_test *tests, size_t count);

/* The same in steps, for tests that run as tasks. */
void kernel_test_plan(size_t count);
void kernel_test_begin(const char *name);
void kernel_test_end(void);
NO_RETURN void kernel_test_finish(void);

/* Fails the running test, printing the condition and the values, if `condition` is false; the test goes on. */
#define CHECK(condition, format, ...)                                                                                \
    ((condition)                                                                                                     \
         ? (void)0                                                                                                   \
         : kernel_test_fail("%s:%d: `%s`: " format, __FILE__, __LINE__, #condition __VA_OPT__(, ) __VA_ARGS__))

void kernel_test_fail(const char *format, ...) PRINTF_LIKE(1, 2);
