/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/io.h>
#include <tenorite/arch/pci_config.h>
#include <tenorite/lib/panic.h>

/*
 * Configuration mechanism #1: the address goes to one port, the data comes from another.
 *
 *      31 30       24 23     16 15      11 10     8 7            2 1 0
 *     +--+-----------+---------+----------+--------+--------------+---+
 *     |on| reserved  | bus     | device   |function| register     |0 0|
 *     +--+-----------+---------+----------+--------+--------------+---+
 *
 * The host bridge gives back what was written to the address port, an empty bus does not: so its presence is found out.
 * A machine with memory-mapped configuration space alone (QEMU's microvm with pcie=on) counts as one without PCI.
 *
 * Reference: PCI Local Bus Specification 3.0, 3.2.2.3.2 "Software Generation of Configuration Transactions".
 */
enum {
    ADDRESS_PORT = 0xcf8,
    DATA_PORT = 0xcfc,
    LAST_DEVICE = 31,
    LAST_FUNCTION = 7,
};
#define ADDRESS_ENABLE 0x80000000u
#define ADDRESS_ALL_FIELDS 0x80fffffcu

bool pci_config_is_present(void)
{
    uint32_t before = io_read32(ADDRESS_PORT);
    bool is_present = true;
    static const uint32_t patterns[] = {ADDRESS_ENABLE, ADDRESS_ALL_FIELDS};
    for (size_t i = 0; i < COUNT_OF(patterns); i++) {
        io_write32(ADDRESS_PORT, patterns[i]);
        is_present = is_present && io_read32(ADDRESS_PORT) == patterns[i];
    }
    io_write32(ADDRESS_PORT, before);
    return is_present;
}

uint32_t pci_config_read32(struct pci_address address, uint8_t offset)
{
    ASSERT(address.device <= LAST_DEVICE && address.function <= LAST_FUNCTION && offset % 4 == 0,
           "device %u, function %u, offset %#x", address.device, address.function, offset);
    io_write32(ADDRESS_PORT, ADDRESS_ENABLE | (uint32_t)address.bus << 16 | (uint32_t)address.device << 11 |
                                 (uint32_t)address.function << 8 | offset);
    return io_read32(DATA_PORT);
}
