/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/cpu.h>
#include <tenorite/arch/interrupts.h>

#include "arch/x86_64/traps.h"
#include "kernel_test.h"
#include "one_shot.h"

/* Idles with one interrupt pending, and none to follow; drive/idle_nmi.py sends an NMI between `sti` and `hlt`. */
static volatile unsigned interrupts;

static void count_interrupt(void *argument)
{
    (void)argument;
    interrupts++;
}

static void nmi_between_sti_and_hlt_loses_no_wake(void)
{
    enum irq_error error = irq_attach(0, count_interrupt, NULL);
    CHECK(error == IRQ_OK, "error %d", (int)error);
    one_shot_request();
    unsigned before = interrupts;
    cpu_idle();
    while (interrupts == before)
        cpu_pause();
    CHECK(interrupts == before + 1, "%u interrupts of one", interrupts - before);
    CHECK(trap_nmi_count() == 1, "%llu NMIs", (unsigned long long)trap_nmi_count());
}

void kernel_main(const struct boot_info *boot_info)
{
    static const struct kernel_test tests[] = {KERNEL_TEST(nmi_between_sti_and_hlt_loses_no_wake)};
    (void)boot_info;
    kernel_test_run(tests, COUNT_OF(tests));
}
