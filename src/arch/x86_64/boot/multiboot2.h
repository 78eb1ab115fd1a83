/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/boot_info.h>

#include "arch/x86_64/boot/physical_view.h"

/* A real loader needs a few KiB; more than this is not boot information. */
enum { MULTIBOOT2_MAX_BYTES = 1024 * 1024 };

enum NODISCARD multiboot2_error {
    MULTIBOOT2_OK,
    MULTIBOOT2_NULL,
    MULTIBOOT2_MISALIGNED,
    MULTIBOOT2_OUTSIDE_MEMORY,
    MULTIBOOT2_TOO_SMALL,
    MULTIBOOT2_TOO_LARGE,
    MULTIBOOT2_NOT_PADDED,
    MULTIBOOT2_BAD_TAG_SIZE,
    MULTIBOOT2_BAD_END_TAG_SIZE,
    MULTIBOOT2_NO_END_TAG,
    MULTIBOOT2_END_TAG_NOT_LAST,
    MULTIBOOT2_TEXT_WITHOUT_END,
    MULTIBOOT2_BAD_MODULE,
    MULTIBOOT2_TOO_MANY_MODULES,
    MULTIBOOT2_BAD_MEMORY_MAP,
    MULTIBOOT2_TOO_MANY_REGIONS,
};

/*
 * Fills *out from the Multiboot2 information at physical address `information`, read through `memory`.
 *
 * The whole chain of tags is checked before the first is used. What the kernel cannot do without is an error when it
 * is malformed: text, modules, memory map; and so is a list that does not fit. A text that does not fit is cut
 * (`command_line_was_cut`); its bytes are not interpreted. Information without any tag is valid.
 *
 * What the kernel can do without is left out instead. That is a framebuffer of another kind than text or RGB with 16
 * or 32 bits a pixel, or whose lines or colour fields do not fit, or that lies at 0, beyond 52 bits, or in usable
 * memory; and an ACPI root pointer that fails boot_collect_is_rsdp. `rsdp_address` is that of the copy inside the
 * information; a copy of the new form is preferred to one of the old.
 *
 * Memory maps and modules add up when their tags are repeated; of other tags the last one counts. Unknown tags are
 * skipped, as are basic memory sizes. Of EFI tags it counts only that there are any (`firmware`): the memory map tag says
 * what EFI memory maps say.
 *
 * Pure; never panics; at most linear in the size of the information. Early boot.
 * On an error *out is all zero bytes.
 * Source: Multiboot2 Specification 2.0, 3.6 "Boot information".
 */
enum multiboot2_error multiboot2_parse(const struct physical_view *memory, uint64_t information,
                                       struct boot_info *out);

/* What was wrong, as one line without a full stop; never NULL. */
const char *multiboot2_error_text(enum multiboot2_error error);
