/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/drivers/serial.h>
#include <tenorite/drivers/vga_text.h>

/*
 * The consoles on which the kernel prints from its first moment on (kernel_early_init() of arch/boot_info.h): the first
 * serial port, and the VGA text screen where there is a VGA.
 */

/* What became of the serial port: SERIAL_OK, or why it is not used. */
enum serial_error early_console_serial_error(void);

/* The serial port; NULL if it is not used. */
struct serial_port *early_console_serial(void);

/* The text screen; NULL without a VGA. Whether it is in text mode only the boot information tells: vga_text_is_present(). */
struct vga_text *early_console_screen(void);
