/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/* Starts the periodic timer interrupt and the clock. `on_tick` runs in the interrupt handler, TIMER_TICK_HZ times a
 * second; NULL for none. Call once, in task context. */
void timer_start(void (*on_tick)(void));

enum { TIMER_TICK_HZ = 1000 };

/* Nanoseconds since timer_start(): monotone, in steps of one tick; 0 before it. Any context. */
uint64_t clock_ns(void);
