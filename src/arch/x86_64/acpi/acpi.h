/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/acpi.h>
#include <tenorite/arch/boot_info.h>

#include "arch/x86_64/acpi/fadt.h"
#include "arch/x86_64/boot/physical_view.h"

/*
 * Reads everything that the kernel takes from ACPI: the list of tables (tables.h), the registers of the FADT (fadt.h), the
 * sleep types of the DSDT or an SSDT (sleep_types.h).
 *
 * Registers in memory are believed only where the view shows them whole, within one page, and the boot loader's memory map
 * calls no byte of them usable: what is written there would not reach a device but somebody's data.
 *
 * Pure; never panics; bounded as acpi_tables_read().
 */
void acpi_read(const struct physical_view *memory, const struct boot_info *boot_info, struct acpi_tables *tables,
               struct acpi_power *power);

/* The same for acpi_tables() and acpi_power(); keeps the pages of registers in memory reachable (device_pages.h), and logs
 * what is malformed. Once, at boot; `memory` is what the boot tables show. */
void acpi_init(const struct physical_view *memory, const struct boot_info *boot_info);

/* All zero before acpi_init(). Any context. */
const struct acpi_power *acpi_power(void);
