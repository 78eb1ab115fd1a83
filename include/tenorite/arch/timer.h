/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

enum NODISCARD timer_error { TIMER_OK, TIMER_ABSENT };

/* Starts the periodic timer interrupt and the clock. `on_tick` runs in the interrupt handler, TIMER_TICK_HZ times a
 * second; NULL for none. Call once, in task context.
 * TIMER_ABSENT: the machine has no timer that counts. Nothing is attached, the clock stands still; at most 1000 looks. */
enum timer_error timer_start(void (*on_tick)(void));

/* What went wrong, as one line. */
const char *timer_error_text(enum timer_error error);

enum { TIMER_TICK_HZ = 1000 };

/* Nanoseconds since timer_start(): monotone, in steps of one tick; 0 before it. Any context. */
uint64_t clock_ns(void);
