/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/* Where a register is that firmware's tables name. */
enum register_space { REGISTER_NONE, REGISTER_MEMORY, REGISTER_IO, REGISTER_PCI };

struct machine_register {
    enum register_space space;
    /* Physical address; or port; or, as ACPI writes it, of a device on PCI bus 0: device << 32 | function << 16 | offset */
    uint64_t address;
};

/*
 * Accesses of 8 and of 16 bits. Reading from a register that is not there gives 0, writing does nothing; so do 16 bits in
 * PCI configuration space, where only the reset register, of 8, may be. A register in memory must lie in a device page
 * (device_pages.h). Any context; for PCI none that interrupts another access to configuration space.
 */
uint16_t machine_register_read16(const struct machine_register *place);
void machine_register_write8(const struct machine_register *place, uint8_t value);
void machine_register_write16(const struct machine_register *place, uint16_t value);

/* "I/O port 0xcf9", cut at `capacity` bytes. */
void machine_register_describe(const struct machine_register *place, char *text, size_t capacity);
