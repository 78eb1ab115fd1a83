/* SPDX-License-Identifier: MIT */
#include "arch/x86_64/acpi/fadt.h"

#include <tenorite/lib/text.h>

/* Offsets: ACPI 6.5, table 5.9. What lies beyond the end of an older table reads as 0 (byte_span.h): absent. */
enum {
    DSDT_AT = 40,
    SMI_COMMAND_AT = 48,
    ACPI_ENABLE_AT = 52,
    PM1A_CONTROL_AT = 64,
    PM1B_CONTROL_AT = 68,
    FLAGS_AT = 112,
    FIRST_VERSION_BYTES = 116,
    RESET_REGISTER_AT = 116,
    RESET_VALUE_AT = 128,
    EXTENDED_DSDT_AT = 140,
    EXTENDED_PM1A_CONTROL_AT = 172,
    EXTENDED_PM1B_CONTROL_AT = 184,
    SLEEP_CONTROL_AT = 244,
    FLAG_RESET_REGISTER = 1 << 10,
    FLAG_HARDWARE_REDUCED = 1 << 20,
};
/* Generic Address Structure: u8 space, u8 width, u8 offset, u8 access size, u64 address (ACPI 6.5, table 5.1) */
enum { SPACE_MEMORY = 0, SPACE_IO = 1, SPACE_PCI = 2, ADDRESS_AT = 4, GENERIC_ADDRESS_BYTES = 12 };
enum { LAST_PORT = 0xffff };

/* Device, function and offset where configuration mechanism #1 reaches them. */
static bool is_pci_place(uint64_t address)
{
    return (address & ~0x0000001f000700ffull) == 0;
}

static struct machine_register register_at(struct byte_span fadt, size_t offset)
{
    const struct machine_register none = {REGISTER_NONE, 0};
    struct byte_span place = byte_span_slice(fadt, offset, GENERIC_ADDRESS_BYTES);
    uint64_t address = byte_span_u64(place, ADDRESS_AT);
    if (address == 0)
        return none;
    switch (byte_span_u8(place, 0)) {
    case SPACE_MEMORY:
        return (struct machine_register){REGISTER_MEMORY, address};
    case SPACE_IO:
        return address <= LAST_PORT ? (struct machine_register){REGISTER_IO, address} : none;
    case SPACE_PCI:
        return is_pci_place(address) ? (struct machine_register){REGISTER_PCI, address} : none;
    default:
        return none;
    }
}

static struct machine_register port_at(struct byte_span fadt, size_t offset)
{
    uint32_t port = fadt.length < FIRST_VERSION_BYTES ? 0 : byte_span_u32(fadt, offset);
    return (struct machine_register){port == 0 || port > LAST_PORT ? REGISTER_NONE : REGISTER_IO, port};
}

static struct machine_register control_register(struct byte_span fadt, size_t extended_at,
                                                struct machine_register port)
{
    struct machine_register extended = register_at(fadt, extended_at);
    return extended.space == REGISTER_MEMORY || extended.space == REGISTER_IO ? extended : port;
}

struct machine_register fadt_pm1a_port(struct byte_span fadt)
{
    return port_at(fadt, PM1A_CONTROL_AT);
}

struct machine_register fadt_pm1b_port(struct byte_span fadt)
{
    return port_at(fadt, PM1B_CONTROL_AT);
}

void fadt_read(struct byte_span fadt, struct acpi_power *out)
{
    memset(out, 0, sizeof *out);
    if (fadt.length < FIRST_VERSION_BYTES)
        return;
    uint32_t flags = byte_span_u32(fadt, FLAGS_AT);
    if (flags & FLAG_RESET_REGISTER && fadt.length > RESET_VALUE_AT) {
        out->reset = register_at(fadt, RESET_REGISTER_AT);
        out->reset_value = byte_span_u8(fadt, RESET_VALUE_AT);
    }
    out->is_hardware_reduced = (flags & FLAG_HARDWARE_REDUCED) != 0;
    if (out->is_hardware_reduced) {
        out->sleep_control = register_at(fadt, SLEEP_CONTROL_AT);
        if (out->sleep_control.space == REGISTER_PCI)
            out->sleep_control.space = REGISTER_NONE;
        return;
    }
    out->pm1a_control = control_register(fadt, EXTENDED_PM1A_CONTROL_AT, fadt_pm1a_port(fadt));
    out->pm1b_control = control_register(fadt, EXTENDED_PM1B_CONTROL_AT, fadt_pm1b_port(fadt));
    uint32_t smi_command = byte_span_u32(fadt, SMI_COMMAND_AT);
    out->smi_command_port = smi_command <= LAST_PORT ? (uint16_t)smi_command : 0;
    out->acpi_enable = byte_span_u8(fadt, ACPI_ENABLE_AT);
}

uint64_t fadt_extended_dsdt(struct byte_span fadt)
{
    return byte_span_u64(fadt, EXTENDED_DSDT_AT);
}

uint64_t fadt_dsdt(struct byte_span fadt)
{
    return byte_span_u32(fadt, DSDT_AT);
}
