/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/interrupts.h>

#include "arch/x86_64/traps.h"
#include "kernel_test.h"

static void breakpoint_returns(void)
{
    uint64_t before = trap_breakpoint_count();
    __asm__ volatile("int3");
    CHECK(trap_breakpoint_count() == before + 1, "count %llu", (unsigned long long)trap_breakpoint_count());
}

static void breakpoint_keeps_every_register(void)
{
    uint64_t before[8] = {1, 2, 3, 4, 5, 6, 7, 8}, after[8];
    __asm__ volatile("movq 0(%0), %%rax\n\tmovq 8(%0), %%rcx\n\tmovq 16(%0), %%rdx\n\tmovq 24(%0), %%r8\n\t"
                     "movq 32(%0), %%r9\n\tmovq 40(%0), %%r10\n\tmovq 48(%0), %%r11\n\tmovq 56(%0), %%r12\n\t"
                     "int3\n\t"
                     "movq %%rax, 0(%1)\n\tmovq %%rcx, 8(%1)\n\tmovq %%rdx, 16(%1)\n\tmovq %%r8, 24(%1)\n\t"
                     "movq %%r9, 32(%1)\n\tmovq %%r10, 40(%1)\n\tmovq %%r11, 48(%1)\n\tmovq %%r12, 56(%1)"
                     :
                     : "r"(before), "r"(after)
                     : "rax", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "memory");
    for (size_t i = 0; i < COUNT_OF(before); i++)
        CHECK(before[i] == after[i], "register %zu: %llu became %llu", i, (unsigned long long)before[i],
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
