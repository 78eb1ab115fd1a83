/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/cpu.h>

void kernel_main(const struct boot_info *boot_info)
{
    (void)boot_info;
    for (;;)
        cpu_pause();
}
