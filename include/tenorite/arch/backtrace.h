/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/* Where code was, and who had called it: addresses of instructions, innermost first. */
enum { BACKTRACE_LIMIT = 17 };

struct backtrace {
    uint64_t addresses[BACKTRACE_LIMIT];
    unsigned count;
};

/* Of the code that the handler which calls this has interrupted; empty outside of handlers. Follows frame pointers as
 * long as they are plausible: never faults. Any context. Cost: constant. */
void backtrace_of_interrupted(struct backtrace *backtrace);
