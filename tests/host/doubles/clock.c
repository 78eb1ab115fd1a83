/* SPDX-License-Identifier: MIT */
/* Host double of <tenorite/arch/timer.h>. */
#include "clock_double.h"

#include "cpu_double.h"

unsigned clock_double_looks;
uint64_t clock_double_arming_takes_ns;

static uint64_t clock_now_ns;
static uint64_t alarm_ns = UINT64_MAX;
static void (*alarm_listener)(void *argument);
static void *alarm_argument;

void clock_double_reset(void)
{
    clock_now_ns = 0;
    clock_double_looks = 0;
    clock_double_arming_takes_ns = 0;
    alarm_ns = UINT64_MAX;
    alarm_listener = NULL;
}

void clock_double_set_ns(uint64_t now_ns)
{
    clock_now_ns = now_ns;
    if (alarm_ns > now_ns || alarm_ns == UINT64_MAX)
        return;
    alarm_ns = UINT64_MAX;
    if (!alarm_listener)
        return;
    IN_HANDLER
    {
        alarm_listener(alarm_argument);
    }
}

void clock_double_advance_ns(uint64_t span_ns)
{
    clock_double_set_ns(clock_now_ns + span_ns);
}

uint64_t clock_double_deadline_ns(void)
{
    return alarm_ns;
}

uint64_t clock_ns(void)
{
    clock_double_looks++;
    return clock_now_ns;
}

enum timer_error timer_start(void (*on_alarm)(void *argument), void *argument)
{
    alarm_listener = on_alarm;
    alarm_argument = argument;
    return TIMER_OK;
}

/* An alarm that falls into the arming itself is the one that hardware loses: nothing runs. */
bool timer_arm(uint64_t deadline_ns)
{
    clock_now_ns += clock_double_arming_takes_ns;
    alarm_ns = clock_now_ns < deadline_ns ? deadline_ns : UINT64_MAX;
    return clock_now_ns < deadline_ns;
}
