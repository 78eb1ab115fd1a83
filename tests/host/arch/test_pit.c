/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <tenorite/arch/timer.h>

#include "cpu_double.h"
#include "io.h"
#include "irq.h"
#include "panic_double.h"
#include "pit_model.h"

/* The tests follow one another in the life of one clock: it can be started once. */
enum { RATE_GENERATOR = 2, TERMINAL_COUNT = 0, SECOND = PIT_MODEL_HZ };
#define MILLISECOND_NS 1000000ull

static uint64_t started_at_clocks;
static uint64_t alarms, alarms_outside_handler, alarm_seen_ns;
static uint64_t waited_for_ns;
static int argument;

static void on_alarm(void *given)
{
    assert_ptr_equal(given, &argument);
    alarms++;
    alarms_outside_handler += !cpu_double_is_in_handler;
    if (clock_ns() >= waited_for_ns && !alarm_seen_ns)
        alarm_seen_ns = clock_ns();
}

static uint64_t exact_ns(void)
{
    uint64_t clocks = pit_model.clocks - started_at_clocks;
    return (uint64_t)((unsigned __int128)clocks * 1000000000 / PIT_MODEL_HZ);
}

static void check_time(void)
{
    uint64_t now_ns = clock_ns();
    if (now_ns != exact_ns())
        fail_msg("after %llu clocks: %llu ns, exactly %llu", (unsigned long long)pit_model.clocks,
                 (unsigned long long)now_ns, (unsigned long long)exact_ns());
}

static bool arm(uint64_t deadline_ns)
{
    waited_for_ns = deadline_ns;
    alarm_seen_ns = 0;
    return timer_arm(deadline_ns);
}

static void clock_stands_at_0_before_the_start(void **state)
{
    (void)state;
    assert_int_equal(clock_ns(), 0);
    assert_true(timer_arm(1));
    assert_false(timer_arm(0));
    assert_true(timer_arm(UINT64_MAX));
    assert_int_equal(io_double_access_count(), 0);
}

/* An empty bus; a counter that stands. */
static void timer_that_does_not_count_is_absent(void **state)
{
    static const uint16_t standing[] = {0, 1, 1193, 0xff, 0xff00, 0xffff};
    (void)state;
    assert_int_equal(timer_start(on_alarm, &argument), TIMER_ABSENT);
    assert_in_range(io_double_access_count(), 1, 5000);
    for (size_t i = 0; i < COUNT_OF(standing); i++) {
        pit_model_reset();
        pit_model.kind = PIT_STANDS;
        pit_model.standing_count = standing[i];
        assert_int_equal(timer_start(on_alarm, &argument), TIMER_ABSENT);
    }
    assert_false(irq_double_is_attached(PIT_MODEL_LINE));
    assert_int_equal(clock_ns(), 0);
}

static void noise_is_no_timer(void **state)
{
    (void)state;
    srand(1);
    pit_model_reset();
    pit_model.kind = PIT_IS_NOISE;
    assert_int_equal(timer_start(on_alarm, &argument), TIMER_ABSENT);
    assert_false(irq_double_is_attached(PIT_MODEL_LINE));
}

static void start_makes_channel_2_the_clock_and_channel_0_the_alarm(void **state)
{
    (void)state;
    pit_model_reset();
    pit_model.control_port = 0x3e; /* speaker on, gate off */
    assert_int_equal(timer_start(on_alarm, &argument), TIMER_OK);
    started_at_clocks = pit_model.clocks;
    assert_int_equal(pit_model.mode[2], RATE_GENERATOR);
    assert_int_equal(pit_model_count(2), 0);
    assert_int_equal(pit_model.mode[0], TERMINAL_COUNT);
    assert_int_equal(pit_model.control_port, 0x3d);
    assert_int_equal(io_double_unclaimed_count(), 0);
    assert_true(irq_double_is_attached(PIT_MODEL_LINE));
    check_time();
}

/* Steps that take in every remainder; the longest is one count short of the counter's round. */
static void clock_is_exact_at_every_look(void **state)
{
    (void)state;
    cpu_double_interrupts_enabled = false;
    for (unsigned clocks = 0; clocks < 65536; clocks += 1 + clocks / 64) {
        pit_model_pass(clocks);
        check_time();
    }
    for (unsigned i = 0; i < 100000; i++) {
        pit_model_pass(i % 13);
        check_time();
    }
    cpu_double_interrupts_enabled = true;
}

static void clock_goes_on_while_nobody_looks(void **state)
{
    uint64_t before = pit_model.interrupts;
    (void)state;
    assert_true(arm(UINT64_MAX));
    pit_model_pass(20ull * SECOND);
    check_time();
    assert_in_range(pit_model.interrupts - before, 1, 20 * 26);
    assert_int_equal(alarms, pit_model.interrupts);
    assert_int_equal(alarms_outside_handler, 0);
}

static void alarm_comes_at_its_deadline(void **state)
{
    static const uint64_t spans_ns[] = {
        1, 2, 837, 838, 839, 1000, 40000, 1000000, 39999999, 40000000, 40000001, 54925000, 54926000, 3700000001,
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(spans_ns); i++) {
        uint64_t deadline_ns = clock_ns() + spans_ns[i];
        assert_true(arm(deadline_ns));
        while (!alarm_seen_ns) {
            pit_model_pass(1);
            assert_true(clock_ns() < deadline_ns + 3000);
        }
        check_time();
    }
}

static void passed_deadline_is_told_at_once(void **state)
{
    (void)state;
    assert_false(arm(clock_ns()));
    assert_false(arm(0));
    assert_true(arm(UINT64_MAX));
}

static void clock_is_looked_at_again_after_the_alarm_is_set(void **state)
{
    (void)state;
    pit_model.clocks_per_load = 1000;
    assert_false(arm(clock_ns() + 500000));
    assert_true(arm(clock_ns() + 900000));
    pit_model.clocks_per_load = 0;
    assert_true(arm(UINT64_MAX));
}

/* The deadline passes between the look that the count is made from and the last byte of it. */
static void deadline_that_passes_during_arming_is_not_lost(void **state)
{
    unsigned told = 0;
    (void)state;
    srand(2);
    for (unsigned i = 0; i < 10000; i++) {
        pit_model.clocks_per_access = (unsigned)rand() % 8;
        if (!arm(clock_ns() + (unsigned)rand() % 50000)) {
            assert_true(clock_ns() >= waited_for_ns);
            told++;
            continue;
        }
        pit_model.clocks_per_access = 0;
        pit_model_pass(100);
        assert_int_not_equal(alarm_seen_ns, 0);
    }
    pit_model.clocks_per_access = 0;
    assert_in_range(told, 100, 9900);
}

static void later_deadline_replaces_the_earlier(void **state)
{
    uint64_t from_ns = clock_ns(), before;
    (void)state;
    assert_true(arm(from_ns + MILLISECOND_NS));
    assert_true(arm(from_ns + 10 * MILLISECOND_NS));
    before = alarms;
    pit_model_pass(SECOND / 200);
    assert_int_equal(alarms, before);
    pit_model_pass(SECOND / 100);
    assert_in_range(alarm_seen_ns, from_ns + 10 * MILLISECOND_NS, from_ns + 11 * MILLISECOND_NS);
}

static uint64_t time_seen_by_nmi_ns, accesses_by_nmi;

static void look_in_nmi(void)
{
    uint64_t accesses = io_double_access_count();
    time_seen_by_nmi_ns = clock_ns();
    accesses_by_nmi = io_double_access_count() - accesses;
}

static void nmi_in_the_middle_of_a_look_sees_the_time_before_and_spoils_nothing(void **state)
{
    uint64_t before_ns = clock_ns();
    (void)state;
    pit_model_pass(1000);
    pit_model.on_latch = look_in_nmi;
    check_time();
    pit_model.on_latch = NULL;
    assert_int_equal(time_seen_by_nmi_ns, before_ns);
    assert_int_equal(accesses_by_nmi, 0);
    check_time();
}

static void errors_have_texts(void **state)
{
    (void)state;
    assert_string_equal(timer_error_text(TIMER_OK), "no error");
    assert_string_equal(timer_error_text(TIMER_ABSENT), "no programmable interval timer (8254) is counting");
}

static void second_start_is_the_callers_mistake(void **state)
{
    (void)state;
    EXPECT_PANIC("timer_start called twice", { (void)!timer_start(NULL, NULL); });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clock_stands_at_0_before_the_start),
        cmocka_unit_test(timer_that_does_not_count_is_absent),
        cmocka_unit_test(noise_is_no_timer),
        cmocka_unit_test(start_makes_channel_2_the_clock_and_channel_0_the_alarm),
        cmocka_unit_test(clock_is_exact_at_every_look),
        cmocka_unit_test(clock_goes_on_while_nobody_looks),
        cmocka_unit_test(alarm_comes_at_its_deadline),
        cmocka_unit_test(passed_deadline_is_told_at_once),
        cmocka_unit_test(clock_is_looked_at_again_after_the_alarm_is_set),
        cmocka_unit_test(deadline_that_passes_during_arming_is_not_lost),
        cmocka_unit_test(later_deadline_replaces_the_earlier),
        cmocka_unit_test(nmi_in_the_middle_of_a_look_sees_the_time_before_and_spoils_nothing),
        cmocka_unit_test(errors_have_texts),
        cmocka_unit_test(second_start_is_the_callers_mistake),
    };
    return cmocka_run_group_tests_name("pit", tests, NULL, NULL);
}
