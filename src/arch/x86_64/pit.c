/* SPDX-License-Identifier: MIT */
/*
 * The clock and the alarm, by the 8254 programmable interval timer.
 *
 * Channel 2 runs through its 65536 counts over and over: what it has counted since the last look is added to the
 * clock. Channel 0 is the alarm: it counts down once and interrupts. Since channel 2 comes round every 55 ms, channel 0
 * counts 40 ms at most: that many later it interrupts for the clock's sake, and goes on to the alarm.
 *
 * A clock of the 8254 is not a whole number of nanoseconds: the exact remainder is carried, so the time does not drift
 * from the crystal.
 *
 * Invariants
 *   P1  now_ns and fraction are the time of the look that found last_count
 *   P2  channel 0 counts whenever interrupts are on, at most RANGE_CLOCKS: so looks are less than one round apart
 *   P3  a look is not interrupted by another: interrupts are off, and an NMI handler that finds one under way leaves the
 *       ports alone. now_ns is one aligned word, which it can read at any time
 *
 * Left to others: several CPUs. Reference: Intel 8254 data sheet, "Mode 0: Interrupt on Terminal Count", "Mode 2: Rate
 * Generator", "Counter Latch Command"; the input clock is 14.31818 MHz / 12. Port 0x61: PC/AT system control port B.
 */
#include <tenorite/arch/interrupts.h>
#include <tenorite/arch/io.h>
#include <tenorite/arch/timer.h>
#include <tenorite/lib/panic.h>

#include "arch/x86_64/io_delay.h"

enum {
    PIT_CHANNEL_0 = 0x40,
    PIT_CHANNEL_2 = 0x42,
    PIT_COMMAND = 0x43,
    PIT_CHANNEL_0_TERMINAL_COUNT = 0x30,
    PIT_CHANNEL_2_RATE_GENERATOR = 0xb4,
    PIT_CHANNEL_2_LATCH = 0x80,
    PIT_COUNT_MASK = 0xffff,
    PIT_IRQ_LINE = 0,
    PIT_HZ = 1193182,
    RANGE_MILLISECONDS = 40,
    RANGE_CLOCKS = PIT_HZ / 1000 * RANGE_MILLISECONDS,
};

enum { CONTROL_PORT_B = 0x61, CONTROL_GATE_2 = 1 << 0, CONTROL_SPEAKER = 1 << 1 };

/* What tells a counter from an empty bus, which always reads the same, and from one that reads as anything: so many
 * looks in a row at which it had gone down, by no more than passes between two looks. */
enum { LOOKS = 1000, STEPS_TO_BE_SEEN = 8, STEP_CLOCKS_MAX = 4096 };

#define NANOSECONDS_PER_SECOND 1000000000ull
#define RANGE_NS (RANGE_MILLISECONDS * 1000000ull)

static volatile uint64_t now_ns;
static uint64_t fraction; /* of now_ns, in units of 1 / PIT_HZ ns */
static unsigned last_count;
static volatile bool is_looking;
static bool is_running;
static uint64_t alarm_ns = UINT64_MAX;
static void (*alarm_listener)(void *argument);
static void *alarm_argument;

static unsigned read_count(void)
{
    io_write8(PIT_COMMAND, PIT_CHANNEL_2_LATCH);
    unsigned low = io_read8(PIT_CHANNEL_2);
    return low | (unsigned)io_read8(PIT_CHANNEL_2) << 8;
}

static unsigned clocks_between(unsigned earlier_count, unsigned later_count)
{
    return (earlier_count - later_count) & PIT_COUNT_MASK;
}

static void look(void)
{
    unsigned count = read_count();
    uint64_t passed = fraction + clocks_between(last_count, count) * NANOSECONDS_PER_SECOND;
    last_count = count;
    fraction = passed % PIT_HZ;
    now_ns += passed / PIT_HZ;
}

uint64_t clock_ns(void)
{
    if (!is_running)
        return 0;
    WITHOUT_INTERRUPTS {
        if (!is_looking) {
            is_looking = true;
            look();
            is_looking = false;
        }
    }
    return now_ns;
}

/* Rounds up: the alarm must not find the clock short of its deadline. */
static unsigned clocks_until_alarm(uint64_t from_ns)
{
    if (alarm_ns <= from_ns)
        return 1;
    uint64_t span_ns = alarm_ns - from_ns;
    if (span_ns >= RANGE_NS)
        return RANGE_CLOCKS;
    return (unsigned)((span_ns * PIT_HZ + NANOSECONDS_PER_SECOND - 1) / NANOSECONDS_PER_SECOND);
}

/* A new count takes effect with its second byte, whatever the old one was. */
static void count_down(void)
{
    unsigned clocks = clocks_until_alarm(clock_ns());
    io_write8(PIT_CHANNEL_0, clocks & 0xff);
    io_write8(PIT_CHANNEL_0, (uint8_t)(clocks >> 8));
}

bool timer_arm(uint64_t deadline_ns)
{
    bool is_ahead = false;
    WITHOUT_INTERRUPTS {
        alarm_ns = deadline_ns;
        if (is_running)
            count_down();
        is_ahead = clock_ns() < deadline_ns;
        if (!is_ahead)
            alarm_ns = UINT64_MAX;
    }
    return is_ahead;
}

static void handle_interrupt(void *unused)
{
    (void)unused;
    if (alarm_ns <= clock_ns())
        alarm_ns = UINT64_MAX;
    count_down();
    if (alarm_listener)
        alarm_listener(alarm_argument);
}

static bool is_counting(void)
{
    unsigned before = read_count();
    for (unsigned i = 0, steps = 0; i < LOOKS; i++) {
        io_delay();
        unsigned count = read_count();
        unsigned clocks = clocks_between(before, count);
        if (clocks > STEP_CLOCKS_MAX)
            steps = 0;
        else if (clocks > 0 && ++steps == STEPS_TO_BE_SEEN)
            return true;
        before = count;
    }
    return false;
}

/* The speaker, which hangs on the same counter, stays off. */
static void start_counting(void)
{
    io_write8(CONTROL_PORT_B, (io_read8(CONTROL_PORT_B) & ~CONTROL_SPEAKER) | CONTROL_GATE_2);
    io_write8(PIT_COMMAND, PIT_CHANNEL_2_RATE_GENERATOR);
    io_write8(PIT_CHANNEL_2, 0); /* 65536 */
    io_write8(PIT_CHANNEL_2, 0);
}

enum timer_error timer_start(void (*on_alarm)(void *argument), void *argument)
{
    ASSERT(!is_running, "timer_start called twice");
    start_counting();
    if (!is_counting())
        return TIMER_ABSENT;
    alarm_listener = on_alarm;
    alarm_argument = argument;
    last_count = read_count();
    is_running = true;
    io_write8(PIT_COMMAND, PIT_CHANNEL_0_TERMINAL_COUNT);
    enum irq_error error = irq_attach(PIT_IRQ_LINE, handle_interrupt, NULL);
    ASSERT(error == IRQ_OK, "line %d is taken: error %d", PIT_IRQ_LINE, (int)error);
    WITHOUT_INTERRUPTS {
        count_down();
    }
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
