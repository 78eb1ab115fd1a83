/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/timer.h>

/* A clock that stands still until it is set, and an alarm that never comes: a look costs a load. */
void bench_clock_set(uint64_t now_ns);
