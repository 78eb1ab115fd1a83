/* SPDX-License-Identifier: MIT */
/* Host double of <tenorite/arch/acpi.h>. */
#include "acpi_double.h"

struct acpi_tables acpi_double_tables = {.error = ACPI_NO_ROOT_POINTER};

const struct acpi_tables *acpi_tables(void)
{
    return &acpi_double_tables;
}

const char *acpi_error_text(enum acpi_error error)
{
    return error == ACPI_OK ? "no error" : "an ACPI error";
}

const char *acpi_table_state_text(enum acpi_table_state state)
{
    return state == ACPI_TABLE_OK ? "good" : "a state";
}
