/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/boot_info.h>

#include "kernel_test.h"

static void passes(void)
{
}

static void fails(void)
{
    CHECK(1 + 1 == 3, "sum is %d", 1 + 1);
}

void kernel_main(const struct boot_info *boot_info)
{
    static const struct kernel_test tests[] = {KERNEL_TEST(passes), KERNEL_TEST(fails)};
    (void)boot_info;
    kernel_test_run(tests, COUNT_OF(tests));
}
