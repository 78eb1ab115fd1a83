/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/interrupts.h>

#include "arch/x86_64/traps.h"
#include "kernel_test.h"
#include "registers.h"

static void breakpoint_returns(void)
{
    uint64_t before = trap_breakpoint_count();
    __asm__ volatile("int3");
    CHECK(trap_breakpoint_count() == before + 1, "count %llu", (unsigned long long)trap_breakpoint_count());
}

static void breakpoint_keeps_every_register(void)
{
    uint64_t before[GENERAL_REGISTERS], after[GENERAL_REGISTERS];
    for (uint64_t i = 0; i < COUNT_OF(before); i++)
        before[i] = 0x8877665544332211 + (i << 32) + i;
    registers_across_breakpoint(before, after);
    for (size_t i = 0; i < COUNT_OF(before); i++)
        CHECK(before[i] == after[i], "register %zu: %#llx became %#llx", i, (unsigned long long)before[i],
              (unsigned long long)after[i]);
}

static void breakpoint_returns_inside_a_deep_call(void)
{
    volatile char frame[512];
    frame[511] = 7;
    __asm__ volatile("int3");
    CHECK(frame[511] == 7, "frame byte is %d", frame[511]);
}

void kernel_main(const struct boot_info *boot_info)
{
    static const struct kernel_test tests[] = {
        KERNEL_TEST(breakpoint_returns),
        KERNEL_TEST(breakpoint_keeps_every_register),
        KERNEL_TEST(breakpoint_returns_inside_a_deep_call),
    };
    (void)boot_info;
    kernel_test_run(tests, COUNT_OF(tests));
}
