/* SPDX-License-Identifier: MIT */
#include <tenorite/arch/power.h>

#include <tenorite/arch/cpu.h>
#include <tenorite/arch/interrupts.h>
#include <tenorite/arch/io.h>
#include <tenorite/arch/uart_16550.h>
#include <tenorite/lib/printk.h>

#include "arch/x86_64/descriptor_table.h"
#include "arch/x86_64/layout.h"

/*
 * Ending the machine. Power-off knows the power management function of the chipset that QEMU's `pc` machine has, found
 * by its PCI identity; elsewhere the machine halts and says so.
 *
 * References: Intel 82371AB (PIIX4) data sheet, 7.1 "PCI configuration registers (function 3)", 7.2 "Power management
 * I/O space"; QEMU's ACPI tables name sleep type 0 for S5. 8042 output port, bit 0: reset line.
 */
enum {
    KEYBOARD_COMMAND = 0x64,
    KEYBOARD_INPUT_FULL = 1 << 1,
    KEYBOARD_PULSE_RESET = 0xfe,
    KEYBOARD_WAIT_LIMIT = 100000,
    SERIAL_WAIT_LIMIT = 1000000,
    PCI_ADDRESS = 0xcf8,
    PCI_DATA = 0xcfc,
    PIIX4_POWER_DEVICE = 1 << 11 | 3 << 8, /* bus 0, device 1, function 3 */
    PIIX4_POWER_BASE = 0x40,
    PIIX4_POWER_MISCELLANEOUS = 0x80,
    PIIX4_POWER_IO_ENABLE = 1 << 0,
    PIIX4_POWER_CONTROL = 4,
    POWER_SLEEP_ENABLE = 1 << 13,
};
#define PCI_ENABLE 0x80000000u
#define PIIX4_POWER_IDENTITY 0x71138086u

/* QEMU drops what the UART still holds when it ends, and the UART holds bytes back while their reader lags. Without a UART
 * the bus reads as all ones, and nothing is waited for. */
static void wait_for_serial_output(void)
{
    const uint16_t status = UART_COM1_BASE + UART_LINE_STATUS;
    for (unsigned i = 0; i < SERIAL_WAIT_LIMIT && (io_read8(status) & UART_LSR_TRANSMITTER_EMPTY) == 0; i++)
        cpu_pause();
}

void power_exit(uint8_t code)
{
    wait_for_serial_output();
    io_write32(DEBUG_EXIT_PORT, code & 0x7f);
    cpu_halt();
}

static void triple_fault(void)
{
    struct descriptor_table_pointer no_gates = {};
    __asm__ volatile("lidt %0\n\tint3" ::"m"(no_gates) : "memory");
}

void power_reboot(void)
{
    interrupts_disable();
    for (unsigned i = 0; i < KEYBOARD_WAIT_LIMIT && io_read8(KEYBOARD_COMMAND) & KEYBOARD_INPUT_FULL; i++)
        cpu_pause();
    io_write8(KEYBOARD_COMMAND, KEYBOARD_PULSE_RESET);
    for (unsigned i = 0; i < KEYBOARD_WAIT_LIMIT; i++)
        cpu_pause();
    triple_fault();
    cpu_halt();
}

static uint32_t pci_read(uint32_t device, uint32_t offset)
{
    io_write32(PCI_ADDRESS, PCI_ENABLE | device | offset);
    return io_read32(PCI_DATA);
}

/* 0 where there is no such function, or firmware has not switched its ports on. */
static uint16_t power_management_base(void)
{
    if (pci_read(PIIX4_POWER_DEVICE, 0) != PIIX4_POWER_IDENTITY)
        return 0;
    if ((pci_read(PIIX4_POWER_DEVICE, PIIX4_POWER_MISCELLANEOUS) & PIIX4_POWER_IO_ENABLE) == 0)
        return 0;
    return (uint16_t)(pci_read(PIIX4_POWER_DEVICE, PIIX4_POWER_BASE) & 0xffc0);
}

void power_off(void)
{
    uint16_t base = power_management_base();
    if (base != 0)
        io_write16((uint16_t)(base + PIIX4_POWER_CONTROL), POWER_SLEEP_ENABLE);
    printk_go_direct();
    log_warning("power", "this machine cannot be turned off by software yet; it is safe to switch it off");
    cpu_halt();
}
