/* SPDX-License-Identifier: MIT */
#include <tenorite/drivers/pci.h>

/*
 * Reads the first 16 bytes of each function's header, and of bridges which bus is behind them.
 *
 *     offset  31        24 23        16 15         8 7          0
 *       0x00  device id                 vendor id, all ones: nobody there
 *       0x08  class        subclass     interface    revision
 *       0x0c  self-test    header type                               header type bit 7: functions 1..7 may exist
 *       0x18               secondary bus                             bridges only
 *
 * References: PCI Local Bus Specification 3.0, 6.1 "Configuration Space Organization" and appendix D "Class Codes";
 * PCI-to-PCI Bridge Architecture Specification 1.2, 3.2 "Configuration Registers"; PCI Code and ID Assignment
 * Specification 1.11, 1 "Class Codes".
 */
enum {
    IDENTITY_AT = 0x00,
    CLASS_AT = 0x08,
    HEADER_AT = 0x0c,
    BUSES_AT = 0x18,
    NO_VENDOR = 0xffff,
    HEADER_MULTIFUNCTION = 0x80,
};

static bool is_bridge(uint8_t header)
{
    return header == PCI_HEADER_PCI_BRIDGE || header == PCI_HEADER_CARDBUS_BRIDGE;
}

static struct pci_function describe(struct pci_address address, uint32_t identity, uint8_t header)
{
    uint32_t class_word = pci_config_read32(address, CLASS_AT);
    struct pci_function function = {
        .address = address,
        .vendor_id = (uint16_t)identity,
        .device_id = (uint16_t)(identity >> 16),
        .class_code = (uint8_t)(class_word >> 24),
        .subclass = (uint8_t)(class_word >> 16),
        .programming_interface = (uint8_t)(class_word >> 8),
        .revision = (uint8_t)class_word,
        .header = header,
    };
    if (is_bridge(header))
        function.secondary_bus = (uint8_t)(pci_config_read32(address, BUSES_AT) >> 8);
    return function;
}

/* Functions 1..7 are asked only where function 0 says so: a device with one function may answer for all eight. */
static void advance(struct pci_cursor *cursor)
{
    cursor->next_function++;
    if (!cursor->is_multifunction || cursor->next_function == PCI_FUNCTIONS_OF_DEVICE) {
        cursor->next_device++;
        cursor->next_function = 0;
    }
}

bool pci_next(struct pci_cursor *cursor, struct pci_function *function)
{
    while (cursor->next_device < PCI_DEVICES_ON_BUS) {
        struct pci_address address = {cursor->bus, cursor->next_device, cursor->next_function};
        uint32_t identity = pci_config_read32(address, IDENTITY_AT);
        bool is_there = (identity & 0xffff) != NO_VENDOR;
        uint8_t header = is_there ? (uint8_t)(pci_config_read32(address, HEADER_AT) >> 16) : 0;
        if (address.function == 0)
            cursor->is_multifunction = header & HEADER_MULTIFUNCTION;
        advance(cursor);
        if (is_there) {
            *function = describe(address, identity, header & (uint8_t)~HEADER_MULTIFUNCTION);
            return true;
        }
    }
    return false;
}

enum { ANY_SUBCLASS = -1 };

/* The first entry that fits counts: a class's own name stands behind those of its subclasses. */
static const struct {
    uint8_t class_code;
    int16_t subclass;
    const char *name;
} class_names[] = {
    {0x00, 0x01, "VGA-compatible device"},
    {0x00, ANY_SUBCLASS, "device from before class codes"},
    {0x01, 0x00, "SCSI controller"},
    {0x01, 0x01, "IDE controller"},
    {0x01, 0x04, "RAID controller"},
    {0x01, 0x06, "SATA controller"},
    {0x01, 0x07, "SAS controller"},
    {0x01, 0x08, "non-volatile memory controller"},
    {0x01, ANY_SUBCLASS, "storage controller"},
    {0x02, 0x00, "Ethernet controller"},
    {0x02, ANY_SUBCLASS, "network controller"},
    {0x03, 0x00, "VGA controller"},
    {0x03, 0x02, "3D controller"},
    {0x03, ANY_SUBCLASS, "display controller"},
    {0x04, 0x03, "HD audio controller"},
    {0x04, ANY_SUBCLASS, "multimedia controller"},
    {0x05, ANY_SUBCLASS, "memory controller"},
    {0x06, 0x00, "host bridge"},
    {0x06, 0x01, "ISA bridge"},
    {0x06, 0x04, "PCI bridge"},
    {0x06, 0x07, "CardBus bridge"},
    {0x06, ANY_SUBCLASS, "bridge"},
    {0x07, 0x00, "serial port"},
    {0x07, ANY_SUBCLASS, "communication controller"},
    {0x08, 0x06, "IOMMU"},
    {0x08, ANY_SUBCLASS, "system device"},
    {0x09, ANY_SUBCLASS, "input device"},
    {0x0a, ANY_SUBCLASS, "docking station"},
    {0x0b, ANY_SUBCLASS, "processor"},
    {0x0c, 0x03, "USB controller"},
    {0x0c, 0x05, "SMBus controller"},
    {0x0c, ANY_SUBCLASS, "serial bus controller"},
    {0x0d, ANY_SUBCLASS, "wireless controller"},
    {0x0e, ANY_SUBCLASS, "intelligent controller"},
    {0x0f, ANY_SUBCLASS, "satellite controller"},
    {0x10, ANY_SUBCLASS, "encryption controller"},
    {0x11, ANY_SUBCLASS, "signal processing controller"},
    {0x12, ANY_SUBCLASS, "processing accelerator"},
    {0xff, ANY_SUBCLASS, "device of no class"},
};

const char *pci_class_name(uint8_t class_code, uint8_t subclass)
{
    for (size_t i = 0; i < COUNT_OF(class_names); i++)
        if (class_names[i].class_code == class_code &&
            (class_names[i].subclass == subclass || class_names[i].subclass == ANY_SUBCLASS))
            return class_names[i].name;
    return "of no known class";
}
