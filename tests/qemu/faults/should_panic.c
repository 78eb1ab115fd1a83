/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/power.h>
#include <tenorite/lib/panic.h>

void kernel_main(const struct boot_info *boot_info)
{
    volatile size_t index = 7;
    (void)boot_info;
    ASSERT(index < 3, "index %zu, limit %d", index, 3);
    power_exit(0x11);
}
