/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/acpi.h>

#include "arch/x86_64/boot/physical_view.h"

/* A longer table is not believed, nor is what a root table lists beyond so many entries: both bound the work. */
enum { ACPI_TABLE_MAX_BYTES = 4 << 20, ACPI_ROOT_MAX_ENTRIES = 1024, ACPI_TABLE_HEADER_BYTES = 36 };

/*
 * Finds the root pointer, follows it to the root table, and lists the tables that the latter names.
 *
 * `rsdp_address` is what the loader said; where that is 0 or no root pointer, the places are searched where a BIOS leaves
 * one. The XSDT counts where the root pointer has revision 2 or more and the XSDT is valid, else the RSDT. Tables with
 * errors are listed with their state.
 *
 * Pure; never panics; at most 8,256 looks for the root pointer, and ACPI_MAX_TABLES times ACPI_TABLE_MAX_BYTES for
 * checksums. On an error the list holds at most the root tables that were refused.
 * Source: ACPI 6.5, 5.2.5 "Root System Description Pointer (RSDP)", 5.2.6 "System Description Table Header", 5.2.7
 * "Root System Description Table (RSDT)", 5.2.8 "Extended System Description Table (XSDT)".
 */
void acpi_tables_read(const struct physical_view *memory, uint64_t rsdp_address, struct acpi_tables *out);

/* Appends the table at `address` unless it is listed already; false where there is no room left. */
bool acpi_tables_add(struct acpi_tables *tables, const struct physical_view *memory, uint64_t address);

/* The bytes of table number `index` if it is valid and has this signature; none otherwise. */
struct byte_span acpi_tables_bytes(const struct acpi_tables *tables, const struct physical_view *memory, size_t index,
                                   const char *signature);

/* The bytes of the first such table; none if there is no such table. */
struct byte_span acpi_tables_find(const struct acpi_tables *tables, const struct physical_view *memory,
                                  const char *signature);
