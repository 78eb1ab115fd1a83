/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/boot_info.h>

#include "arch/x86_64/boot/physical_view.h"
#include "arch/x86_64/layout.h"

enum NODISCARD pvh_error {
    PVH_OK,
    PVH_NULL,
    PVH_OUTSIDE_MEMORY,
    PVH_BAD_MAGIC,
    PVH_COMMAND_LINE_OUTSIDE_MEMORY,
    PVH_MODULES_OUTSIDE_MEMORY,
    PVH_TOO_MANY_MODULES,
    PVH_BAD_MODULE,
    PVH_MEMORY_MAP_OUTSIDE_MEMORY,
    PVH_TOO_MANY_REGIONS,
};

/*
 * Fills *out from the start info at physical address `start_info` and from what it points to, all read through
 * `memory`.
 *
 * A pointer of 0 means absent; a list with a count of 0 is not looked at. Version 0 has no memory map (region_count
 * is 0); later versions than 1 are read as version 1, with which they are compatible. A command line, the kernel's or
 * a module's, without NUL within what fits and what the view shows is cut there. An ACPI root pointer that the view
 * does not show, or that fails boot_collect_is_rsdp, is left out. There is no loader's name and no framebuffer.
 *
 * Pure; never panics; at most BOOT_MAX_REGIONS + BOOT_MAX_MODULES steps. Early boot.
 * On an error *out is all zero bytes.
 * Source: Xen, public/arch-x86/hvm/start_info.h, "Start of day structure passed to PVH guests and to HVM guests".
 */
enum pvh_error pvh_parse(const struct physical_view *memory, uint64_t start_info, struct boot_info *out);

/* What was wrong, as one line without a full stop; never NULL. */
const char *pvh_error_text(enum pvh_error error);
