/* SPDX-License-Identifier: MIT */
#pragma once

#include "arch/x86_64/acpi/fadt.h"

/* The ways into the sleeping state S5, "soft-off" (ACPI 6.5, 4.8.3.2.1 "PM1 Control Registers", 4.8.3.7 "Sleep Control
 * and Status Registers", 16.1 "Sleeping States"). */
enum soft_off_way { SOFT_OFF_NONE, SOFT_OFF_PM1_CONTROL, SOFT_OFF_SLEEP_CONTROL };

enum soft_off_way soft_off_way(const struct acpi_power *power);

/* Turns the machine off; returns where that takes a moment, has no effect, or there is no way. Where the machine is not in
 * ACPI mode it is put there first, which is waited for at most SOFT_OFF_WAIT_LIMIT times an io_delay(). Interrupts off. */
void soft_off_enter(const struct acpi_power *power);

enum { SOFT_OFF_WAIT_LIMIT = 1000000 };
