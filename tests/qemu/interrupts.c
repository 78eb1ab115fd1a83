/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/cpu.h>
#include <tenorite/arch/interrupts.h>
#include <tenorite/arch/timer.h>
#include <tenorite/lib/panic.h>

#include "kernel_test.h"

static volatile uint64_t ticks, ticks_outside_handler, ticks_at_wrong_time;

/* The timer counts 1193 clocks of 1193182 Hz a tick: what that makes in whole nanoseconds. */
static uint64_t exact_ns(uint64_t tick_count)
{
    return tick_count * 1193 * 1000000000 / 1193182;
}

static void count_tick(void)
{
    ticks++;
    if (clock_ns() != exact_ns(ticks))
        ticks_at_wrong_time++;
    if (!interrupts_in_handler() || interrupts_are_enabled())
        ticks_outside_handler++;
}

static void idle_for_ticks(uint64_t count)
{
    uint64_t end = ticks + count;
    while (ticks < end) {
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

static void timer_interrupts_and_the_clock_is_exact(void)
{
    idle_for_ticks(20);
    CHECK(ticks >= 20 && clock_ns() == exact_ns(ticks), "%llu ticks are %llu ns", (unsigned long long)ticks,
          (unsigned long long)clock_ns());
    CHECK(ticks_at_wrong_time == 0, "the clock was wrong at %llu ticks", (unsigned long long)ticks_at_wrong_time);
    CHECK(ticks_outside_handler == 0, "%llu ticks ran outside a handler", (unsigned long long)ticks_outside_handler);
    CHECK(!interrupts_in_handler(), "handler depth is not 0 outside");
}

static void disabled_interrupts_stay_pending(void)
{
    interrupts_disable();
    uint64_t before = ticks;
    for (volatile unsigned i = 0; i < 2000000; i++)
        cpu_pause();
    CHECK(ticks == before, "%llu ticks while off", (unsigned long long)(ticks - before));
    idle_for_ticks(1);
    CHECK(ticks > before, "no tick afterwards");
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
    idle_for_ticks(2);
}

static void local_bit_operations_report_the_old_value(void)
{
    uint32_t word = 0x80000000;
    CHECK(!cpu_local_test_and_set_bit(&word, 0) && word == 0x80000001, "word %#x", word);
    CHECK(cpu_local_test_and_set_bit(&word, 31) && word == 0x80000001, "word %#x", word);
    CHECK(cpu_local_test_and_clear_bit(&word, 31) && word == 1, "word %#x", word);
    CHECK(!cpu_local_test_and_clear_bit(&word, 5) && word == 1, "word %#x", word);
}

void kernel_main(const struct boot_info *boot_info)
{
    static const struct kernel_test tests[] = {
        KERNEL_TEST(lines_refuse_what_is_not_there),
        KERNEL_TEST(timer_interrupts_and_the_clock_is_exact),
        KERNEL_TEST(disabled_interrupts_stay_pending),
        KERNEL_TEST(scopes_restore_the_interrupt_flag),
        KERNEL_TEST(spurious_interrupts_are_counted_and_harmless),
        KERNEL_TEST(local_bit_operations_report_the_old_value),
    };
    (void)boot_info;
    ASSERT(timer_start(count_tick) == TIMER_OK, "no timer");
    kernel_test_run(tests, COUNT_OF(tests));
}
