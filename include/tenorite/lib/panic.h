/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * Writes the pending log, then `panic: ` and the message on a line of its own (at most PANIC_MESSAGE_BYTES - 1 bytes),
 * in the style of an error, to every console, directly and without a lock, and stops the machine with exit code
 * PANIC_EXIT_CODE. Works in any context: before the heap, inside printk, inside an interrupt or NMI handler.
 *
 * A panic inside a panic prints one more line, `panic inside a panic: ` and its message, and stops; if the first
 * message was not out yet, it is printed before. If it struck inside a console, that console is left out.
 */
NO_RETURN void panic(const char *format, ...) PRINTF_LIKE(1, 2) COLD;

enum { PANIC_EXIT_CODE = 101, PANIC_MESSAGE_BYTES = 512 };

/*
 * Always-on check of a caller's duty; the message prints the values that broke it.
 * ASSERT(index < count, "index %zu, count %zu", index, count). Never for what hardware, a boot loader, a file or
 * a user sent: that is an error path.
 */
#define ASSERT(condition, format, ...)                                                                               \
    (LIKELY(condition) ? (void)0                                                                                     \
                       : panic("%s:%d: assertion `%s` failed: " format, __FILE__, __LINE__,                          \
                               #condition __VA_OPT__(, ) __VA_ARGS__))

/* Supplied by the machine (src/arch/<target>/) and by the host doubles. */
void panic_freeze(void);         /* called first: interrupts off, for good */
NO_RETURN void panic_stop(void); /* called last: ends the machine with PANIC_EXIT_CODE, or halts for ever */
