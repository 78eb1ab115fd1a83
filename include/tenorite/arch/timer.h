/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * The clock, and the alarm that interrupts at a point of its time: a one-shot. There is no periodic tick; what the
 * hardware needs beyond the alarms that are asked for is up to the implementation.
 */
enum NODISCARD timer_error { TIMER_OK, TIMER_ABSENT };

/* Starts the clock at 0. `on_alarm(argument)` runs in the interrupt handler, at an alarm and also in between, whenever
 * the hardware interrupts for needs of its own; it is to look at the clock itself. NULL for none. Once, in task context.
 * TIMER_ABSENT: the machine has no timer that counts. Nothing is attached, the clock stands still; at most 1000 looks. */
enum timer_error timer_start(void (*on_alarm)(void *argument), void *argument);

/* What went wrong, as one line. */
const char *timer_error_text(enum timer_error error);

/* Nanoseconds since timer_start(): monotone; 0 before it. Any context. On a PC the step is 838 ns and a look costs three
 * port accesses; with interrupts off for more than 14 ms at a time it may go slow, never back. In an NMI handler
 * it may be the time of the latest look by others. */
uint64_t clock_ns(void);

/* Has on_alarm run as soon as clock_ns() has reached `deadline_ns`, in place of the deadline before; UINT64_MAX is never.
 * False: that time has passed already, by a look after the alarm was set; no interrupt is promised, and there is no
 * deadline any more. Task context and interrupt handlers, NMI handlers apart. */
bool timer_arm(uint64_t deadline_ns) MUST_CHECK;
