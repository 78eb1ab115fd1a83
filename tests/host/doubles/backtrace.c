/* SPDX-License-Identifier: MIT */
/* Host double of <tenorite/arch/backtrace.h>: two addresses that no code has, in a handler. */
#include <tenorite/arch/backtrace.h>

#include "cpu_double.h"

void backtrace_of_interrupted(struct backtrace *backtrace)
{
    *backtrace = (struct backtrace){{0x1111, 0x2222}, cpu_double_is_in_handler ? 2 : 0};
}
