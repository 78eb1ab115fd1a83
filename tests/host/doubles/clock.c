/* SPDX-License-Identifier: MIT */
/* Host double of <tenorite/arch/timer.h>. */
#include "clock_double.h"

static uint64_t clock_now_ns;

void clock_double_set_ns(uint64_t now_ns)
{
    clock_now_ns = now_ns;
}

void clock_double_advance_ns(uint64_t span_ns)
{
    clock_now_ns += span_ns;
}

uint64_t clock_ns(void)
{
    return clock_now_ns;
}

enum timer_error timer_start(void (*on_tick)(void))
{
    (void)on_tick;
    return TIMER_OK;
}
