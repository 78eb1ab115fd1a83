/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/power.h>

#include "kernel_test.h"

/* Claims success without having run a test: the runner must not believe it. */
void kernel_main(const struct boot_info *boot_info)
{
    (void)boot_info;
    power_exit(KERNEL_TEST_PASSED);
}
