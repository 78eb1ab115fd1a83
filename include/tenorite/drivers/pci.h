/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/pci_config.h>

/*
 * What is on the PCI buses: a list to read, no drivers.
 *
 *     struct pci_function function;
 *     for (struct pci_cursor at = PCI_BUS(0); pci_next(&at, &function);)
 *         ...
 */
enum pci_header { PCI_HEADER_DEVICE = 0, PCI_HEADER_PCI_BRIDGE = 1, PCI_HEADER_CARDBUS_BRIDGE = 2 };

struct pci_function {
    struct pci_address address;
    uint16_t vendor_id, device_id;
    uint8_t class_code, subclass, programming_interface, revision;
    uint8_t header;        /* enum pci_header, or whatever else the function says: 0..0x7f */
    uint8_t secondary_bus; /* of a bridge, behind it; 0 otherwise */
};

enum { PCI_BUSES = 256, PCI_DEVICES_ON_BUS = 32, PCI_FUNCTIONS_OF_DEVICE = 8 };

/* Where a walk along one bus stands; PCI_BUS(n) is its beginning, n from 0 to 255. The fields belong to pci.c. */
struct pci_cursor {
    uint8_t bus, next_device, next_function;
    bool is_multifunction;
};
#define PCI_BUS(number) ((struct pci_cursor){.bus = (uint8_t)(number)})

/*
 * Finds the next function on the cursor's bus and describes it; false when there is none, and *function is unchanged.
 * Buses are not followed through bridges: asking all PCI_BUSES finds every function, those behind host bridges that
 * nothing else points to as well, and no nonsense in a bridge can lead astray.
 *
 * Cost: at most 256 reads of configuration space to the end of the bus (32 on an empty one) and three for each function
 * found. pci_config_is_present() must have said yes. Task context or early boot.
 * Source: PCI Local Bus Specification 3.0, 6.1 "Configuration Space Organization", 6.2.1 "Device Identification".
 */
bool pci_next(struct pci_cursor *cursor, struct pci_function *function) MUST_CHECK;

/* What the class and subclass of a function mean, in words ("Ethernet controller"); where the subclass has no name here,
 * that of the class; "of no known class" otherwise. Any context. */
const char *pci_class_name(uint8_t class_code, uint8_t subclass);
