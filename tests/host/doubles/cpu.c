/* SPDX-License-Identifier: MIT */
/* Host double of <tenorite/arch/cpu.h> and of the flag side of <tenorite/arch/interrupts.h>. */
#include "cpu_double.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Thread_local bool cpu_double_interrupts_enabled = true; /* each thread of a test may be another CPU */
bool cpu_double_is_in_handler;
void (*cpu_double_on_idle)(void);
unsigned cpu_double_idle_count;
void (*cpu_double_last_interrupt)(void);
_Thread_local uint32_t cpu_double_number;
void (*cpu_double_on_interrupt)(uint32_t cpu);

static unsigned interrupt_in;
static void (*interrupt_handler)(void);

void cpu_double_reset(void)
{
    cpu_double_interrupts_enabled = true;
    cpu_double_is_in_handler = false;
    cpu_double_on_idle = NULL;
    cpu_double_idle_count = 0;
    cpu_double_last_interrupt = NULL;
    interrupt_in = 0;
    cpu_double_number = 0;
    cpu_double_on_interrupt = NULL;
}

void cpu_interrupt(uint32_t cpu)
{
    if (cpu_double_on_interrupt)
        cpu_double_on_interrupt(cpu);
}

void cpu_double_interrupt_after(unsigned nth, void (*handler)(void))
{
    interrupt_in = nth;
    interrupt_handler = handler;
}

void cpu_double_read_modify_write_done(void)
{
    if (!interrupt_in || --interrupt_in)
        return;
    IN_HANDLER
    {
        interrupt_handler();
    }
}

void cpu_double_interrupts_go_off(void)
{
    void (*handler)(void) = cpu_double_last_interrupt;

    if (cpu_double_interrupts_enabled && handler) {
        cpu_double_last_interrupt = NULL;
        IN_HANDLER
        {
            handler();
        }
    }
    cpu_double_interrupts_enabled = false;
}

struct cpu_double_handler cpu_double_enter_handler(void)
{
    struct cpu_double_handler handler = {cpu_double_is_in_handler, {cpu_double_interrupts_enabled}};

    cpu_double_interrupts_enabled = false;
    cpu_double_is_in_handler = true;
    return handler;
}

void cpu_double_leave_handler(struct cpu_double_handler *handler)
{
    cpu_double_is_in_handler = handler->was_in_handler;
    interrupts_restore(handler->before);
}

/* Without a hook nothing would ever end the sleep. */
void cpu_idle(void)
{
    cpu_double_idle_count++;
    if (!cpu_double_on_idle) {
        fputs("cpu_idle: no interrupt will come\n", stderr);
        abort();
    }
    cpu_double_on_idle();
    interrupts_enable();
}

void cpu_idle_while_null(const void *pointer)
{
    const void *found;

    memcpy(&found, pointer, sizeof(found));
    if (found)
        interrupts_enable();
    else
        cpu_idle();
}

void cpu_halt(void)
{
    fputs("cpu_halt\n", stderr);
    abort();
}

const char *cpu_name(void)
{
    return "host double";
}
