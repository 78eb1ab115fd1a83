/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/*
 * Ending the machine. Each of these first lets the first UART send what it holds. The log names what is tried, so that a
 * machine that hangs tells where; it is written directly from there on (printk_go_direct()). Any context.
 */

/* Ends the virtual machine so that QEMU exits with (code << 1) | 1 (its isa-debug-exit device at port 0xf4); code is
 * 0..127. On a machine without that device: halts for ever. Logs nothing. */
NO_RETURN void power_exit(uint8_t code);

/* Resets the machine: by the reset register that ACPI tables name, else by the keyboard controller, else by a triple
 * fault. Each has about a tenth of a second to take effect before the next is tried. */
NO_RETURN void power_reboot(void);

/* Turns the machine off by the registers and sleep type that ACPI tables name; halts for ever, saying so, where they name
 * none that this kernel can use, or they have no effect. */
NO_RETURN void power_off(void);

/* What power_off() and power_reboot() will try first, for people: "ACPI reset register at I/O port 0xcf9"; or why there is
 * no way, behind "none: ". Cut at `capacity` bytes, the closing NUL included; POWER_DESCRIPTION_BYTES are enough. */
enum { POWER_DESCRIPTION_BYTES = 96 };
void power_describe_off(char *text, size_t capacity);
void power_describe_reboot(char *text, size_t capacity);
