/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/address.h>
#include <tenorite/lib/text.h>

#include "arch/x86_64/boot/boot_collect.h"

static enum boot_region_kind region_kind(uint32_t type)
{
    switch (type) {
    case 1:
        return BOOT_REGION_USABLE;
    case 3:
        return BOOT_REGION_ACPI_RECLAIMABLE;
    case 4:
        return BOOT_REGION_ACPI_NVS;
    case 5:
        return BOOT_REGION_DEFECTIVE;
    default:
        return BOOT_REGION_RESERVED;
    }
}

enum boot_collect_error boot_collect_region(struct boot_info *info, uint64_t base, uint64_t length, uint32_t type)
{
    enum boot_region_kind kind = region_kind(type);
    bool wraps = length > UINT64_MAX - base;
    if (wraps)
        length = kind == BOOT_REGION_USABLE ? 0 : UINT64_MAX - base;
    if (length == 0)
        return BOOT_COLLECT_OK;
    if (info->region_count == BOOT_MAX_REGIONS)
        return BOOT_COLLECT_FULL;
    info->regions[info->region_count++] = (struct boot_region){base, length, kind};
    return BOOT_COLLECT_OK;
}

enum boot_collect_error boot_collect_module(struct boot_info *info, uint64_t base, uint64_t length,
                                            struct byte_span command_line)
{
    if (!phys_addr_is_valid(base) || length > (1ull << PHYS_ADDR_BITS) - base)
        return BOOT_COLLECT_BAD_RANGE;
    if (info->module_count == BOOT_MAX_MODULES)
        return BOOT_COLLECT_FULL;
    struct boot_module *module = &info->modules[info->module_count++];
    module->base = base;
    module->length = length;
    struct byte_span text = byte_span_slice(command_line, 0, sizeof module->command_line);
    text_copy(module->command_line, sizeof module->command_line, (const char *)text.bytes, text.length);
    return BOOT_COLLECT_OK;
}

void boot_collect_command_line(struct boot_info *info, struct byte_span text)
{
    struct byte_span visible = byte_span_slice(text, 0, sizeof info->command_line);
    size_t length = byte_span_text_length(visible);
    info->command_line_was_cut = length == visible.length;
    text_copy(info->command_line, sizeof info->command_line, (const char *)visible.bytes, length);
}

enum {
    RSDP_REVISION_AT = 15,
    RSDP_LENGTH_AT = 20,
    RSDP_FIRST_BYTES = 20, /* covered by the first checksum; all of it before revision 2 */
    RSDP_EXTENDED_BYTES = 36,
};

bool boot_collect_is_rsdp(struct byte_span bytes)
{
    static const char signature[8] = {'R', 'S', 'D', ' ', 'P', 'T', 'R', ' '};
    if (bytes.length < RSDP_FIRST_BYTES || memcmp(bytes.bytes, signature, sizeof signature) != 0)
        return false;
    if (!byte_span_sums_to_zero(byte_span_slice(bytes, 0, RSDP_FIRST_BYTES)))
        return false;
    if (byte_span_u8(bytes, RSDP_REVISION_AT) < 2)
        return true;
    uint32_t length = byte_span_u32(bytes, RSDP_LENGTH_AT);
    return length >= RSDP_EXTENDED_BYTES && length <= bytes.length &&
           byte_span_sums_to_zero(byte_span_slice(bytes, 0, length));
}

const char *boot_region_kind_text(enum boot_region_kind kind)
{
    switch (kind) {
    case BOOT_REGION_USABLE:
        return "usable";
    case BOOT_REGION_RESERVED:
        return "reserved";
    case BOOT_REGION_ACPI_RECLAIMABLE:
        return "ACPI tables";
    case BOOT_REGION_ACPI_NVS:
        return "ACPI non-volatile";
    case BOOT_REGION_DEFECTIVE:
        return "defective";
    }
    return "of no known kind";
}

const char *boot_firmware_text(enum boot_firmware firmware)
{
    switch (firmware) {
    case BOOT_FIRMWARE_UNKNOWN:
        return "not known";
    case BOOT_FIRMWARE_BIOS:
        return "BIOS";
    case BOOT_FIRMWARE_UEFI:
        return "UEFI";
    }
    return "of no known kind";
}
