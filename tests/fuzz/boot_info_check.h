/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/boot_info.h>

#include "arch/x86_64/boot/physical_view.h"

/* What holds for every struct boot_info that a parser fills without an error; ends the program where it does not. */
void boot_info_check(const struct boot_info *info, const struct physical_view *memory);

/* Ends the program where there is no valid ACPI root pointer. */
void rsdp_check(uint64_t address, const struct physical_view *memory);

/* What holds after an error: all bytes are zero. */
void boot_info_check_empty(const struct boot_info *info);
