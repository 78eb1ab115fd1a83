/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/interrupts.h>
#include <tenorite/arch/io.h>
#include <tenorite/arch/timer.h>
#include <tenorite/lib/panic.h>

#include "arch/x86_64/io_delay.h"

/*
 * The clock, counted by channel 0 of the 8254 programmable interval timer.
 *
 * The tick is not a whole number of nanoseconds: the exact remainder is carried, so the clock does not drift from the
 * crystal. `now` is one aligned word that only the handler writes.
 *
 * Reference: Intel 8254 data sheet, "Mode 2: Rate Generator", "Counter Latch Command"; the input clock is 14.31818 MHz / 12.
 */
enum {
    PIT_CHANNEL_0 = 0x40,
    PIT_COMMAND = 0x43,
    PIT_CHANNEL_0_LATCH = 0x00,
    PIT_CHANNEL_0_LOW_HIGH_RATE_GENERATOR = 0x34,
    PIT_IRQ_LINE = 0,
    PIT_HZ = 1193182,
    PIT_DIVISOR = PIT_HZ / TIMER_TICK_HZ,
    PIT_LOOKS = 1000, /* for a change; it takes one clock, less than a microsecond */
};
#define NANOSECONDS_PER_SECOND 1000000000ull
#define TICK_NS (PIT_DIVISOR * NANOSECONDS_PER_SECOND / PIT_HZ)
#define TICK_REMAINDER (PIT_DIVISOR * NANOSECONDS_PER_SECOND % PIT_HZ)

static volatile uint64_t now;
static uint64_t carried;
static void (*tick_listener)(void);

static void handle_tick(void *argument)
{
    (void)argument;
    carried += TICK_REMAINDER;
    uint64_t carry = carried / PIT_HZ;
    carried %= PIT_HZ;
    now += TICK_NS + carry;
    if (tick_listener)
        tick_listener();
}

static unsigned read_count(void)
{
    io_write8(PIT_COMMAND, PIT_CHANNEL_0_LATCH);
    unsigned low = io_read8(PIT_CHANNEL_0);
    return low | (unsigned)io_read8(PIT_CHANNEL_0) << 8;
}

/* What counts is that it counts: an empty bus reads the same every time, and as more than the divisor. The first counts
 * may still be of the time before the divisor was written. */
static bool is_counting(void)
{
    unsigned previous = read_count();
    for (unsigned i = 0; i < PIT_LOOKS; i++) {
        io_delay();
        unsigned count = read_count();
        if (previous <= PIT_DIVISOR && count <= PIT_DIVISOR && count != previous)
            return true;
        previous = count;
    }
    return false;
}

enum timer_error timer_start(void (*on_tick)(void))
{
    io_write8(PIT_COMMAND, PIT_CHANNEL_0_LOW_HIGH_RATE_GENERATOR);
    io_write8(PIT_CHANNEL_0, PIT_DIVISOR & 0xff);
    io_write8(PIT_CHANNEL_0, PIT_DIVISOR >> 8);
    if (!is_counting())
        return TIMER_ABSENT;
    tick_listener = on_tick;
    enum irq_error error = irq_attach(PIT_IRQ_LINE, handle_tick, NULL);
    ASSERT(error == IRQ_OK, "timer_start called twice, or line 0 is taken: error %d", (int)error);
    return TIMER_OK;
}

const char *timer_error_text(enum timer_error error)
{
    switch (error) {
    case TIMER_OK:
        return "no error";
    case TIMER_ABSENT:
        return "no programmable interval timer (8254) is counting";
    }
    __builtin_unreachable();
}

uint64_t clock_ns(void)
{
    return now;
}
