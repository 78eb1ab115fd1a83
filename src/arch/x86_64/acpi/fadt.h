/* SPDX-License-Identifier: MIT */
#pragma once

#include "arch/x86_64/acpi/machine_register.h"
#include "arch/x86_64/boot/byte_span.h"

/* What a machine's power management offers to whoever ends it. All zero: nothing. */
struct acpi_power {
    bool is_hardware_reduced; /* the sleep control register takes the place of PM1 control */
    struct machine_register pm1a_control, pm1b_control; /* 16 bits */
    struct machine_register sleep_control;              /* 8 bits */
    struct machine_register reset;                      /* 8 bits */
    uint8_t reset_value;
    uint16_t smi_command_port; /* 0: the machine is in ACPI mode for ever */
    uint8_t acpi_enable;       /* what to write there to enter it; 0 likewise */
    bool has_sleep_types;
    uint8_t sleep_type_a, sleep_type_b; /* of soft-off, 0..7, for PM1a and PM1b; a for the sleep control register */
};

/*
 * Fills in all but the sleep types from a valid FADT. Left out are registers at address 0, ports beyond 0xffff, address
 * spaces other than memory, ports and, for the reset register alone, PCI configuration space; and all of it where the
 * table is shorter than that of ACPI 1.0. Widths are not looked at: the specification leaves no choice.
 *
 * Pure; never panics. Source: ACPI 6.5, 5.2.9 "Fixed ACPI Description Table (FADT)", 5.2.3.2 "Generic Address Structure",
 * 4.8.3.6 "Reset Register", 4.8.3.7 "Sleep Control and Status Registers".
 */
void fadt_read(struct byte_span fadt, struct acpi_power *out);

/*
 * What ACPI 1.0 has in fields of its own counts where the extended field cannot be used (5.2.9): fadt_read() prefers the
 * extended registers, and who finds that they are no devices takes these.
 */
struct machine_register fadt_pm1a_port(struct byte_span fadt);
struct machine_register fadt_pm1b_port(struct byte_span fadt);

/* The physical address of the DSDT in the extended field, and in that of ACPI 1.0; 0: none. */
uint64_t fadt_extended_dsdt(struct byte_span fadt);
uint64_t fadt_dsdt(struct byte_span fadt);
