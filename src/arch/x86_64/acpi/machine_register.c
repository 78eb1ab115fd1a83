/* SPDX-License-Identifier: MIT */
#include "arch/x86_64/acpi/machine_register.h"

#include <tenorite/arch/io.h>
#include <tenorite/lib/format.h>

#include "arch/x86_64/device_pages.h"

/* PCI Local Bus Specification 3.0, 3.2.2.3.2 "Software Generation of Configuration Transactions" */
enum { PCI_ADDRESS = 0xcf8, PCI_DATA = 0xcfc };
#define PCI_ADDRESS_ENABLE 0x80000000u

static unsigned pci_device(uint64_t address)
{
    return (unsigned)(address >> 32) & 31;
}

static unsigned pci_function(uint64_t address)
{
    return (unsigned)(address >> 16) & 7;
}

static unsigned pci_offset(uint64_t address)
{
    return (unsigned)address & 255;
}

/* Selects the register; the port where it appears. */
static uint16_t pci_select(uint64_t address)
{
    unsigned offset = pci_offset(address);
    io_write32(PCI_ADDRESS,
               PCI_ADDRESS_ENABLE | pci_device(address) << 11 | pci_function(address) << 8 | (offset & 252));
    return (uint16_t)(PCI_DATA + offset % 4);
}

uint16_t machine_register_read16(const struct machine_register *place)
{
    switch (place->space) {
    case REGISTER_NONE:
    case REGISTER_PCI:
        return 0;
    case REGISTER_MEMORY:
        return *(volatile uint16_t *)device_pages_pointer(place->address);
    case REGISTER_IO:
        return io_read16((uint16_t)place->address);
    }
    __builtin_unreachable();
}

void machine_register_write8(const struct machine_register *place, uint8_t value)
{
    switch (place->space) {
    case REGISTER_NONE:
        return;
    case REGISTER_MEMORY:
        *(volatile uint8_t *)device_pages_pointer(place->address) = value;
        return;
    case REGISTER_IO:
        io_write8((uint16_t)place->address, value);
        return;
    case REGISTER_PCI:
        io_write8(pci_select(place->address), value);
        return;
    }
    __builtin_unreachable();
}

void machine_register_write16(const struct machine_register *place, uint16_t value)
{
    switch (place->space) {
    case REGISTER_NONE:
    case REGISTER_PCI:
        return;
    case REGISTER_MEMORY:
        *(volatile uint16_t *)device_pages_pointer(place->address) = value;
        return;
    case REGISTER_IO:
        io_write16((uint16_t)place->address, value);
        return;
    }
    __builtin_unreachable();
}

void machine_register_describe(const struct machine_register *place, char *text, size_t capacity)
{
    unsigned long long address = place->address;
    switch (place->space) {
    case REGISTER_NONE:
        format_string(text, capacity, "nowhere");
        return;
    case REGISTER_MEMORY:
        format_string(text, capacity, "memory %#llx", address);
        return;
    case REGISTER_IO:
        format_string(text, capacity, "I/O port %#llx", address);
        return;
    case REGISTER_PCI:
        format_string(text, capacity, "PCI 00:%02x.%u offset %#x", pci_device(address), pci_function(address),
                      pci_offset(address));
        return;
    }
    __builtin_unreachable();
}
