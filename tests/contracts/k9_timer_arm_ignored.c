/* SPDX-License-Identifier: MIT */
/* gcc: ignoring return value of 'timer_arm' declared with attribute 'warn_unused_result' */
/* clang: ignoring return value of function declared with 'warn_unused_result' attribute */
#include <tenorite/arch/timer.h>

bool wait_until(uint64_t deadline_ns)
{
#ifdef MISUSE
    timer_arm(deadline_ns);
    return true;
#else
    return timer_arm(deadline_ns);
#endif
}
