/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

enum { GENERAL_REGISTERS = 15 }; /* all but RSP */

/* Executes int3 with the general registers loaded from `before`, and stores what they are afterwards. */
void registers_across_breakpoint(const uint64_t before[GENERAL_REGISTERS], uint64_t after[GENERAL_REGISTERS]);
