/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/* Reads PCI configuration space. Nothing can be written: who only looks changes nothing. */
struct pci_address {
    uint8_t bus;
    uint8_t device;   /* 0..31 */
    uint8_t function; /* 0..7 */
};

/* Whether this machine has a way to configuration space that the kernel knows. Three port writes and three reads on
 * x86-64; leaves everything as it was. Task context or early boot. */
bool pci_config_is_present(void);

/* The 32 bits at `offset` (a multiple of 4) of the configuration space of one function; all ones where there is no such
 * function. Only after pci_config_is_present() said yes. One port write and one read on x86-64. Task context or early
 * boot. */
uint32_t pci_config_read32(struct pci_address address, uint8_t offset);
