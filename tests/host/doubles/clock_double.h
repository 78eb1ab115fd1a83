/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/timer.h>

/* A mock clock: it stands still until a test moves it. Moving it to the deadline of timer_arm() or beyond runs the alarm,
 * once, in a handler. */
void clock_double_reset(void); /* to 0, no deadline, nobody to run */
void clock_double_set_ns(uint64_t now_ns);
void clock_double_advance_ns(uint64_t span_ns);

/* The deadline that is set; UINT64_MAX: none. */
uint64_t clock_double_deadline_ns(void);

extern unsigned clock_double_looks;           /* calls of clock_ns() */
extern uint64_t clock_double_arming_takes_ns; /* passes in timer_arm(), between setting the alarm and looking again */
