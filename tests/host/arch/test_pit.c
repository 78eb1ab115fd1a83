/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <tenorite/arch/timer.h>

#include "cpu_double.h"
#include "io.h"
#include "irq.h"
#include "panic_double.h"

/* The tests follow one another in the life of one clock: it can be started once. */
enum { LINE = 0, DIVISOR = 1193, CLOCK_HZ = 1193182, TICKS = 1200 * 1000 };

/* An 8254, as far as channel 0 goes: command, then the count's bytes, low and high; and the counter latch command. */
static struct {
    uint8_t command;
    unsigned commands;
    uint8_t bytes[4];
    unsigned byte_count;
    unsigned count, latched, reads;
    bool counts, is_noise, is_high_next;
} pit;

static uint64_t ticks, ticks_outside_handler, clock_at_tick;

/* The latch holds a count until both its bytes have been read. */
static void latch(void)
{
    pit.latched = pit.count;
    pit.is_high_next = false;
    if (pit.counts)
        pit.count = pit.count <= 1 ? DIVISOR : pit.count - 1;
    if (pit.is_noise)
        pit.count ^= 0xff00;
}

static uint32_t read_pit(void *context, uint16_t offset, unsigned width_bytes)
{
    (void)context;
    assert_int_equal(width_bytes, 1);
    assert_int_equal(offset, 0);
    pit.reads++;
    pit.is_high_next = !pit.is_high_next;
    return pit.is_high_next ? pit.latched & 0xff : pit.latched >> 8;
}

static void write_pit(void *context, uint16_t offset, unsigned width_bytes, uint32_t value)
{
    (void)context;
    assert_int_equal(width_bytes, 1);
    if (offset == 3 && value == 0) {
        latch();
        return;
    }
    if (offset == 3) {
        pit.command = (uint8_t)value;
        pit.commands++;
        pit.byte_count = 0;
        return;
    }
    assert_int_equal(offset, 0);
    assert_true(pit.byte_count < COUNT_OF(pit.bytes));
    pit.bytes[pit.byte_count++] = (uint8_t)value;
}

static uint32_t read_nothing(void *context, uint16_t offset, unsigned width_bytes)
{
    (void)context;
    (void)offset;
    (void)width_bytes;
    return UINT32_MAX;
}

static void write_nothing(void *context, uint16_t offset, unsigned width_bytes, uint32_t value)
{
    (void)context;
    (void)offset;
    (void)width_bytes;
    (void)value;
}

static void add_delay_port(void)
{
    io_double_add(&(struct io_device){0x80, 1, read_nothing, write_nothing, NULL});
}

static void on_tick(void)
{
    ticks++;
    ticks_outside_handler += !cpu_double_is_in_handler;
    clock_at_tick = clock_ns();
}

static void tick(void)
{
    irq_double_set_level(LINE, true);
    assert_int_equal(irq_double_deliver(1), 1);
    irq_double_set_level(LINE, false);
}

static uint64_t exact_ns(uint64_t tick_count)
{
    return (uint64_t)((unsigned __int128)tick_count * DIVISOR * 1000000000 / CLOCK_HZ);
}

static void clock_stands_at_0_before_the_start(void **state)
{
    (void)state;
    assert_int_equal(clock_ns(), 0);
    assert_int_equal(io_double_access_count(), 0);
}

/* An empty bus; a counter that stands, within its range or beyond. */
static void timer_that_does_not_count_is_absent(void **state)
{
    static const unsigned standing[] = {0, 1, DIVISOR, DIVISOR + 1, 0xffff};
    (void)state;
    add_delay_port();
    assert_int_equal(timer_start(on_tick), TIMER_ABSENT);
    assert_in_range(io_double_access_count(), 1, 5000);
    io_double_add(&(struct io_device){0x40, 4, read_pit, write_pit, NULL});
    for (size_t i = 0; i < COUNT_OF(standing); i++) {
        pit.count = standing[i];
        assert_int_equal(timer_start(on_tick), TIMER_ABSENT);
    }
    assert_in_range(pit.reads, 2, 5 * 2 * 1001);
    assert_false(irq_double_is_attached(LINE));
    assert_int_equal(clock_ns(), 0);
}

/* A bus that nobody drives may read as anything: every other count lies beyond the divisor. */
static void noise_is_no_timer(void **state)
{
    (void)state;
    io_double_reset();
    add_delay_port();
    io_double_add(&(struct io_device){0x40, 4, read_pit, write_pit, NULL});
    pit = (typeof(pit)){.is_noise = true, .count = 1};
    assert_int_equal(timer_start(on_tick), TIMER_ABSENT);
    assert_false(irq_double_is_attached(LINE));
}

static void start_makes_channel_0_a_rate_generator_of_1193_clocks(void **state)
{
    (void)state;
    io_double_reset();
    add_delay_port();
    io_double_add(&(struct io_device){0x40, 4, read_pit, write_pit, NULL});
    pit = (typeof(pit)){.counts = true, .count = DIVISOR + 100}; /* still of what was there before */
    assert_int_equal(timer_start(on_tick), TIMER_OK);
    assert_int_equal(pit.commands, 1);
    assert_int_equal(pit.command, 0 << 6 | 3 << 4 | 2 << 1); /* channel 0, both bytes, mode 2, binary */
    assert_int_equal(pit.byte_count, 2);
    assert_int_equal(pit.bytes[0] | pit.bytes[1] << 8, DIVISOR);
    assert_int_equal(io_double_unclaimed_count(), 0);
    assert_true(irq_double_is_attached(LINE));
    assert_int_equal(clock_ns(), 0);
}

/* More ticks than the remainder needs to come round: 1193182 is the longest period. */
static void clock_is_exact_after_any_number_of_ticks(void **state)
{
    (void)state;
    for (uint64_t i = 1; i <= TICKS; i++) {
        tick();
        if (clock_ns() != exact_ns(i))
            fail_msg("after %llu ticks: %llu ns, exactly %llu", (unsigned long long)i, (unsigned long long)clock_ns(),
                     (unsigned long long)exact_ns(i));
    }
}

static void listener_is_called_once_a_tick_in_the_handler_and_sees_the_new_time(void **state)
{
    (void)state;
    assert_int_equal(ticks, TICKS);
    assert_int_equal(ticks_outside_handler, 0);
    assert_int_equal(clock_at_tick, exact_ns(TICKS));
}

static void second_start_is_the_callers_mistake(void **state)
{
    (void)state;
    EXPECT_PANIC("timer_start called twice", { (void)!timer_start(NULL); });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clock_stands_at_0_before_the_start),
        cmocka_unit_test(timer_that_does_not_count_is_absent),
        cmocka_unit_test(noise_is_no_timer),
        cmocka_unit_test(start_makes_channel_0_a_rate_generator_of_1193_clocks),
        cmocka_unit_test(clock_is_exact_after_any_number_of_ticks),
        cmocka_unit_test(listener_is_called_once_a_tick_in_the_handler_and_sees_the_new_time),
        cmocka_unit_test(second_start_is_the_callers_mistake),
    };
    return cmocka_run_group_tests_name("pit", tests, NULL, NULL);
}
