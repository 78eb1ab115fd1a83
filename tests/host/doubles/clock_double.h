/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/timer.h>

/* The clock stands still until a test moves it. */
void clock_double_set_ns(uint64_t now_ns);
void clock_double_advance_ns(uint64_t span_ns);
