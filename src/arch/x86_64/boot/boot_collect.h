/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/boot_info.h>

#include "arch/x86_64/boot/byte_span.h"

/*
 * What the loaders' parsers share: they report in different shapes, but in the same terms. All functions are pure,
 * never panic, and may run before anything else does.
 */
enum NODISCARD boot_collect_error { BOOT_COLLECT_OK, BOOT_COLLECT_FULL, BOOT_COLLECT_BAD_RANGE };

/*
 * Appends a range of the memory map. `type` is an address range type of ACPI (ACPI 6.5, 15.1 "INT 15H, E820H - Query
 * System Address Map", table 15.2), which Multiboot2 and PVH share; unknown types become reserved.
 *
 * Empty ranges say nothing and are left out. A range whose end is not below 2^64 is not believed where it claims
 * to be usable, and clipped otherwise, so that no memory becomes usable by mistake.
 * BOOT_COLLECT_FULL: there are BOOT_MAX_REGIONS already; nothing changed.
 */
enum boot_collect_error boot_collect_region(struct boot_info *info, uint64_t base, uint64_t length, uint32_t type);

/*
 * Appends a module; an empty one is valid. Its command line ends at the first NUL or with the span, and is cut to
 * fit.
 *
 * BOOT_COLLECT_BAD_RANGE: it does not lie in the 52-bit physical address space. BOOT_COLLECT_FULL: there are
 * BOOT_MAX_MODULES already. Nothing changed on an error.
 */
enum boot_collect_error boot_collect_module(struct boot_info *info, uint64_t base, uint64_t length,
                                            struct byte_span command_line);

/* Replaces the command line by the text up to the first NUL. It counts as cut when it does not fit, and when there is
 * no NUL. */
void boot_collect_command_line(struct boot_info *info, struct byte_span text);

/*
 * Whether `bytes` start with a root pointer that is complete and whose checksums hold. From revision 2 on it states
 * its own length, at least 36 bytes, all of which must be there. (ACPI 6.5, 5.2.5.3 "Root System Description Pointer
 * (RSDP) Structure")
 */
bool boot_collect_is_rsdp(struct byte_span bytes);
