/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * Which ACPI tables firmware left: read once at boot, before kernel_main(), and copied. Nothing here points into
 * firmware's memory. Addresses are physical.
 */
enum { ACPI_MAX_TABLES = 128 };

enum NODISCARD acpi_error {
    ACPI_OK,
    ACPI_NO_ROOT_POINTER, /* the loader passed none, and none was found where a BIOS puts it */
    ACPI_NO_ROOT_TABLE,   /* it leads to no XSDT or RSDT that can be believed */
};

enum acpi_table_state {
    ACPI_TABLE_OK,
    ACPI_TABLE_BAD_CHECKSUM,
    ACPI_TABLE_BAD_LENGTH,   /* shorter than a table's header, or absurdly long */
    ACPI_TABLE_OUT_OF_REACH, /* it does not lie, or not as a whole, in the first 4 GiB */
};

struct acpi_table {
    char signature[5]; /* '?' stands for what cannot be printed, here and in oem_id; "" where no header is in reach */
    char oem_id[7];
    uint8_t revision;
    uint64_t address;
    uint32_t length_bytes; /* as the table states it */
    enum acpi_table_state state;
};

struct acpi_tables {
    enum acpi_error error;
    uint64_t rsdp_address; /* 0: none. That of the copy, where the loader passed one */
    uint8_t revision;      /* of the root pointer: below 2 for ACPI 1.0 */
    char oem_id[7];
    size_t count;
    struct acpi_table tables[ACPI_MAX_TABLES]; /* the root table first, then as it lists them, each address once; the
                                                  DSDT last */
    size_t left_out_count;                     /* entries that found no room */
};

/* What was found; before kernel_main(): nothing. Never NULL. Any context. */
const struct acpi_tables *acpi_tables(void);

/* For people, without a full stop: "the checksum is wrong". */
const char *acpi_error_text(enum acpi_error error);
const char *acpi_table_state_text(enum acpi_table_state state);
