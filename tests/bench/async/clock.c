/* SPDX-License-Identifier: MIT */
#include "clock.h"

static volatile uint64_t clock_now_ns; /* as in the kernel, where an interrupt handler changes it */

void bench_clock_set(uint64_t now_ns)
{
    clock_now_ns = now_ns;
}

uint64_t clock_ns(void)
{
    return clock_now_ns;
}

bool timer_arm(uint64_t deadline_ns)
{
    return clock_now_ns < deadline_ns;
}
