/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/cpu.h>

void kernel_main(const struct boot_info *boot_info)
{
    static const char no_gates[10];
    (void)boot_info;
    __asm__ volatile("lidt %0\n\tint3" ::"m"(no_gates));
    cpu_halt();
}
