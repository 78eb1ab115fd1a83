/* SPDX-License-Identifier: MIT */
#include "one_shot.h"

#include <tenorite/arch/cpu.h>
#include <tenorite/arch/interrupts.h>
#include <tenorite/arch/io.h>
#include <tenorite/lib/panic.h>

/* Intel 8254 data sheet, "Mode 0: Interrupt on Terminal Count"; Intel 8259A data sheet, "Reading the 8259A Status". */
enum {
    PIT_CHANNEL_0 = 0x40,
    PIT_COMMAND = 0x43,
    PIT_CHANNEL_0_LOW_HIGH_TERMINAL_COUNT = 0x30,
    CLOCKS = 100,
    PIC_COMMAND = 0x20,
    PIC_READ_REQUESTS = 0x0a,
    PIT_REQUEST = 1 << 0,
};

static bool is_requested(void)
{
    io_write8(PIC_COMMAND, PIC_READ_REQUESTS);
    return io_read8(PIC_COMMAND) & PIT_REQUEST;
}

void one_shot_request(void)
{
    ASSERT(!interrupts_are_enabled(), "interrupts are on");
    io_write8(PIT_COMMAND, PIT_CHANNEL_0_LOW_HIGH_TERMINAL_COUNT); /* stops it, until the count is complete */
    interrupts_enable();                                           /* a tick from before may be waiting */
    while (is_requested())
        cpu_pause();
    interrupts_disable();
    io_write8(PIT_CHANNEL_0, CLOCKS);
    io_write8(PIT_CHANNEL_0, 0);
    while (!is_requested())
        cpu_pause();
}
