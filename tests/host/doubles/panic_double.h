/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/* cmocka.h wants these four first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

/*
 * The host's panic(): leaves the message here and jumps back into the EXPECT_PANIC that waits for it. A panic that
 * nobody waits for prints its message and aborts the test program.
 */
extern char panic_double_message[512];
extern jmp_buf panic_double_escape;
extern bool panic_double_is_expected;

/*
 * EXPECT_PANIC("index 7", { array_at(&array, 7); });
 *
 * Runs the statements; fails the test if they do not panic, or if the message lacks the substring. What the statements
 * acquired before the panic stays acquired, and cleanup attributes do not run. Locals that the statements change must
 * be volatile to be read afterwards.
 */
#define EXPECT_PANIC(substring, ...)                                                                                 \
    do {                                                                                                             \
        panic_double_is_expected = true;                                                                             \
        panic_double_message[0] = '\0';                                                                              \
        if (setjmp(panic_double_escape) == 0) {                                                                      \
            __VA_ARGS__;                                                                                             \
            panic_double_is_expected = false;                                                                        \
            fail_msg("%s:%d: no panic; expected one with \"%s\"", __FILE__, __LINE__, substring);                    \
        }                                                                                                            \
        if (!strstr(panic_double_message, substring))                                                                \
            fail_msg("%s:%d: the panic \"%s\" lacks \"%s\"", __FILE__, __LINE__, panic_double_message, substring);   \
    } while (0)
