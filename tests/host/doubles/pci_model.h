/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/pci_config.h>

/*
 * A machine's PCI configuration space behind configuration mechanism #1 (PCI Local Bus Specification 3.0, 3.2.2.3.2), on
 * the simulated ports of io.h. Functions that were not added read as all ones; a write to the data port fails the test.
 */
void pci_model_reset(void); /* ports present, no functions, address port 0 */

/* Adds a function whose first 64 bytes are these words. */
void pci_model_add(struct pci_address address, const uint32_t words[16]);

/* From now on function 0 of that device answers for all eight. */
void pci_model_ignore_function_number(uint8_t bus, uint8_t device);

uint32_t pci_model_address_port(void);
void pci_model_set_address_port(uint32_t value);

/* Reads of the data port since the reset. */
unsigned pci_model_data_reads(void);
