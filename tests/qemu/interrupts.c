/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/cpu.h>
#include <tenorite/arch/interrupts.h>
#include <tenorite/arch/timer.h>
#include <tenorite/lib/panic.h>

#include "kernel_test.h"

static volatile uint64_t alarms, alarms_outside_handler;

static void count_alarm(void *argument)
{
    (void)argument;
    alarms++;
    if (!interrupts_in_handler() || interrupts_are_enabled())
        alarms_outside_handler++;
}

static void idle_until(uint64_t end_ns)
{
    while (timer_arm(end_ns)) {
        interrupts_disable();
        cpu_idle();
    }
    interrupts_disable();
}

static void lines_refuse_what_is_not_there(void)
{
    CHECK(irq_attach(irq_line_count(), NULL, NULL) == IRQ_NO_SUCH_LINE, "line beyond the last");
    CHECK(irq_attach(2, NULL, NULL) == IRQ_NO_SUCH_LINE, "the cascade line");
    CHECK(irq_attach(0, NULL, NULL) == IRQ_LINE_TAKEN, "the timer's line");
}

static void clock_goes_on_in_small_steps(void)
{
    uint64_t smallest_step_ns = UINT64_MAX, before_ns = clock_ns();
    for (unsigned i = 0; i < 10000; i++) {
        uint64_t after_ns = clock_ns();
        CHECK(after_ns >= before_ns, "back from %llu to %llu ns", (unsigned long long)before_ns,
              (unsigned long long)after_ns);
        if (after_ns > before_ns && after_ns - before_ns < smallest_step_ns)
            smallest_step_ns = after_ns - before_ns;
        before_ns = after_ns;
    }
    CHECK(smallest_step_ns < 1000000, "the smallest step is %llu ns", (unsigned long long)smallest_step_ns);
}

/* Deadlines at hand, and beyond what the hardware counts at once. */
static void alarm_interrupts_at_its_deadline(void)
{
    static const uint64_t spans_ns[] = {1, 1000, 300000, 2000000, 39999999, 40000001, 130000000};
    uint64_t began_ns = clock_ns(), before = alarms;
    for (unsigned i = 0; i < COUNT_OF(spans_ns); i++)
        idle_until(clock_ns() + spans_ns[i]);
    CHECK(clock_ns() - began_ns >= 212300000, "%llu ns", (unsigned long long)(clock_ns() - began_ns));
    CHECK(alarms > before, "no alarm");
    CHECK(alarms_outside_handler == 0, "%llu alarms outside a handler", (unsigned long long)alarms_outside_handler);
    CHECK(!interrupts_in_handler(), "handler depth is not 0 outside");
}

static void passed_deadline_is_told_at_once(void)
{
    CHECK(!timer_arm(0) && !timer_arm(clock_ns()), "promised an alarm");
    CHECK(timer_arm(UINT64_MAX), "the end of time has come");
}

static void disabled_interrupts_stay_pending(void)
{
    interrupts_disable();
    uint64_t before = alarms, end_ns = clock_ns() + 2000000;
    CHECK(timer_arm(end_ns - 1000000), "too late");
    while (clock_ns() < end_ns)
        cpu_pause();
    CHECK(alarms == before, "%llu alarms while off", (unsigned long long)(alarms - before));
    interrupts_enable();
    while (alarms == before)
        cpu_pause();
    interrupts_disable();
}

static int leave_scope_by_return(void)
{
    WITHOUT_INTERRUPTS {
        if (!interrupts_are_enabled())
            return 1;
    }
    return 0;
}

static void scopes_restore_the_interrupt_flag(void)
{
    interrupts_enable();
    WITHOUT_INTERRUPTS {
        CHECK(!interrupts_are_enabled(), "on inside");
        WITHOUT_INTERRUPTS {
            CHECK(!interrupts_are_enabled(), "on inside the inner");
        }
        CHECK(!interrupts_are_enabled(), "the inner scope turned them on");
    }
    CHECK(interrupts_are_enabled(), "off after the outer scope");
    CHECK(leave_scope_by_return() == 1 && interrupts_are_enabled(), "off after a return");
    interrupts_disable();
    WITHOUT_INTERRUPTS {
    }
    CHECK(!interrupts_are_enabled(), "on although they were off before");
}

static void spurious_interrupts_are_counted_and_harmless(void)
{
    uint64_t before = irq_spurious_count();
    __asm__ volatile("int $0x27\n\tint $0x2f"); /* lines 7 and 15, which nobody raised */
    __asm__ volatile("int $0xff");              /* the local APIC's spurious vector */
    CHECK(irq_spurious_count() == before + 3, "count %llu", (unsigned long long)irq_spurious_count());
    idle_until(clock_ns() + 1000000);
}

static void local_bit_operations_report_the_old_value(void)
{
    uint32_t word = 0x80000000;
    CHECK(!cpu_local_test_and_set_bit(&word, 0) && word == 0x80000001, "word %#x", word);
    CHECK(cpu_local_test_and_set_bit(&word, 31) && word == 0x80000001, "word %#x", word);
    cpu_local_clear_bits(&word, 0x80000010);
    CHECK(word == 1, "word %#x", word);
    cpu_local_set_bits(&word, 0x30);
    CHECK(word == 0x31, "word %#x", word);
    uint64_t count = UINT32_MAX;
    cpu_local_increment(&count);
    CHECK(count == 0x100000000, "count %#llx", (unsigned long long)count);
}

void kernel_main(const struct boot_info *boot_info)
{
    static const struct kernel_test tests[] = {
        KERNEL_TEST(lines_refuse_what_is_not_there),
        KERNEL_TEST(clock_goes_on_in_small_steps),
        KERNEL_TEST(alarm_interrupts_at_its_deadline),
        KERNEL_TEST(passed_deadline_is_told_at_once),
        KERNEL_TEST(disabled_interrupts_stay_pending),
        KERNEL_TEST(scopes_restore_the_interrupt_flag),
        KERNEL_TEST(spurious_interrupts_are_counted_and_harmless),
        KERNEL_TEST(local_bit_operations_report_the_old_value),
    };
    (void)boot_info;
    ASSERT(timer_start(count_alarm, NULL) == TIMER_OK, "no timer");
    kernel_test_run(tests, COUNT_OF(tests));
}
