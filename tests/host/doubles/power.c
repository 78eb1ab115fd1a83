/* SPDX-License-Identifier: MIT */
/* Host double of <tenorite/arch/power.h>, as far as tests need it. */
#include <tenorite/arch/power.h>
#include <tenorite/lib/format.h>

void power_describe_off(char *text, size_t capacity)
{
    format_string(text, capacity, "none: there is no ACPI root pointer");
}

void power_describe_reboot(char *text, size_t capacity)
{
    format_string(text, capacity, "keyboard controller");
}
