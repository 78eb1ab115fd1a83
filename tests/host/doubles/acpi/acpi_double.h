/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/acpi.h>

/* What acpi_tables() shows; at first, that no root pointer was found. */
extern struct acpi_tables acpi_double_tables;
