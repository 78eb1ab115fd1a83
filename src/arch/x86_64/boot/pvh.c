/* SPDX-License-Identifier: MIT */
/*
 * The PVH parser: turns the start info that QEMU, Xen or Firecracker left in memory into a struct boot_info.
 *
 *     start info                     module, 32 bytes               memory map entry, 24 bytes
 *      0  u32 magic                   0  u64 address                 0  u64 address
 *      4  u32 version                 8  u64 size                    8  u64 size
 *      8  u32 flags                  16  u64 command line address   16  u32 type, as E820
 *     12  u32 number of modules      24  u64 reserved               20  u32 reserved
 *     16  u64 module list address
 *     24  u64 command line address
 *     32  u64 RSDP address
 *     40  u64 memory map address     from version 1 on
 *     48  u32 memory map entries     from version 1 on
 *     52  u32 reserved               from version 1 on
 *
 * Invariant: every pointer is followed through the view only, and a list is read only after the view was found to
 * show all of it and its count to be within the kernel's limit.
 */
#include <tenorite/lib/text.h>

#include "arch/x86_64/boot/boot_collect.h"
#include "arch/x86_64/boot/pvh.h"

enum {
    VERSION_0_BYTES = 40,
    VERSION_1_BYTES = 56,
    MODULE_BYTES = 32,
    REGION_BYTES = 24,
    RSDP_MAX_BYTES = 4096, /* bounds the checksum's cost: a stated length of gigabytes is no root pointer */
};

static enum pvh_error find_start_info(const struct physical_view *memory, uint64_t address,
                                      struct byte_span *start_info)
{
    if (address == 0)
        return PVH_NULL;
    if (!physical_view_shows(memory, address, VERSION_0_BYTES))
        return PVH_OUTSIDE_MEMORY;
    *start_info = physical_view_span(memory, address, VERSION_0_BYTES);
    if (byte_span_u32(*start_info, 0) != PVH_START_INFO_MAGIC)
        return PVH_BAD_MAGIC;
    if (byte_span_u32(*start_info, 4) == 0)
        return PVH_OK;
    if (!physical_view_shows(memory, address, VERSION_1_BYTES))
        return PVH_OUTSIDE_MEMORY;
    *start_info = physical_view_span(memory, address, VERSION_1_BYTES);
    return PVH_OK;
}

/* The text at `address`: an empty one where that is 0; false where it points out of the view. */
static bool find_text(const struct physical_view *memory, uint64_t address, struct byte_span *text)
{
    static const uint8_t empty[1] = {0};
    *text = address == 0 ? (struct byte_span){empty, sizeof empty} : physical_view_tail(memory, address);
    return text->length > 0;
}

static enum pvh_error collect_command_line(const struct physical_view *memory, struct byte_span start_info,
                                           struct boot_info *out)
{
    struct byte_span text;
    if (!find_text(memory, byte_span_u64(start_info, 24), &text))
        return PVH_COMMAND_LINE_OUTSIDE_MEMORY;
    boot_collect_command_line(out, text);
    return PVH_OK;
}

static enum pvh_error collect_module(const struct physical_view *memory, struct byte_span module,
                                     struct boot_info *out)
{
    struct byte_span text;
    if (!find_text(memory, byte_span_u64(module, 16), &text))
        return PVH_COMMAND_LINE_OUTSIDE_MEMORY;
    switch (boot_collect_module(out, byte_span_u64(module, 0), byte_span_u64(module, 8), text)) {
    case BOOT_COLLECT_OK:
        return PVH_OK;
    case BOOT_COLLECT_FULL:
        return PVH_TOO_MANY_MODULES;
    case BOOT_COLLECT_BAD_RANGE:
        break;
    }
    return PVH_BAD_MODULE;
}

static enum pvh_error collect_modules(const struct physical_view *memory, struct byte_span start_info,
                                      struct boot_info *out)
{
    uint64_t count = byte_span_u32(start_info, 12);
    uint64_t address = byte_span_u64(start_info, 16);
    if (count == 0)
        return PVH_OK;
    if (count > BOOT_MAX_MODULES)
        return PVH_TOO_MANY_MODULES;
    if (address == 0 || !physical_view_shows(memory, address, count * MODULE_BYTES))
        return PVH_MODULES_OUTSIDE_MEMORY;
    enum pvh_error error = PVH_OK;
    for (uint64_t i = 0; i < count && error == PVH_OK; i++)
        error = collect_module(memory, physical_view_span(memory, address + i * MODULE_BYTES, MODULE_BYTES), out);
    return error;
}

/* In version 0 the span ends before these fields, so that both read as 0. */
static enum pvh_error collect_memory_map(const struct physical_view *memory, struct byte_span start_info,
                                         struct boot_info *out)
{
    uint64_t address = byte_span_u64(start_info, 40);
    uint64_t count = byte_span_u32(start_info, 48);
    if (count == 0)
        return PVH_OK;
    if (count > BOOT_MAX_REGIONS)
        return PVH_TOO_MANY_REGIONS;
    if (address == 0 || !physical_view_shows(memory, address, count * REGION_BYTES))
        return PVH_MEMORY_MAP_OUTSIDE_MEMORY;
    for (uint64_t i = 0; i < count; i++) {
        struct byte_span entry = physical_view_span(memory, address + i * REGION_BYTES, REGION_BYTES);
        if (boot_collect_region(out, byte_span_u64(entry, 0), byte_span_u64(entry, 8), byte_span_u32(entry, 16)) !=
            BOOT_COLLECT_OK)
            return PVH_TOO_MANY_REGIONS;
    }
    return PVH_OK;
}

static void collect_rsdp(const struct physical_view *memory, struct byte_span start_info, struct boot_info *out)
{
    uint64_t address = byte_span_u64(start_info, 32);
    if (address != 0 && boot_collect_is_rsdp(physical_view_span(memory, address, RSDP_MAX_BYTES)))
        out->rsdp_address = address;
}

static enum pvh_error collect_all(const struct physical_view *memory, uint64_t address, struct boot_info *out)
{
    struct byte_span start_info;
    enum pvh_error error = find_start_info(memory, address, &start_info);
    if (error != PVH_OK)
        return error;
    error = collect_command_line(memory, start_info, out);
    if (error == PVH_OK)
        error = collect_modules(memory, start_info, out);
    if (error == PVH_OK)
        error = collect_memory_map(memory, start_info, out);
    collect_rsdp(memory, start_info, out);
    out->loader = BOOT_LOADER_PVH;
    out->information_base = address;
    out->information_length = start_info.length;
    return error;
}

enum pvh_error pvh_parse(const struct physical_view *memory, uint64_t start_info, struct boot_info *out)
{
    memset(out, 0, sizeof *out);
    enum pvh_error error = collect_all(memory, start_info, out);
    if (error != PVH_OK)
        memset(out, 0, sizeof *out);
    return error;
}

const char *pvh_error_text(enum pvh_error error)
{
    switch (error) {
    case PVH_OK:
        return "no error";
    case PVH_NULL:
        return "the PVH start info is at address 0";
    case PVH_OUTSIDE_MEMORY:
        return "the PVH start info lies outside the memory mapped at boot";
    case PVH_BAD_MAGIC:
        return "the PVH start info does not begin with its magic number";
    case PVH_COMMAND_LINE_OUTSIDE_MEMORY:
        return "a PVH command line lies outside the memory mapped at boot";
    case PVH_MODULES_OUTSIDE_MEMORY:
        return "the PVH module list lies outside the memory mapped at boot";
    case PVH_TOO_MANY_MODULES:
        return "the PVH loader passed more modules than the kernel can keep";
    case PVH_BAD_MODULE:
        return "a PVH module lies outside the physical address space";
    case PVH_MEMORY_MAP_OUTSIDE_MEMORY:
        return "the PVH memory map lies outside the memory mapped at boot";
    case PVH_TOO_MANY_REGIONS:
        return "the PVH memory map has more regions than the kernel can keep";
    }
    return "unknown PVH error";
}
