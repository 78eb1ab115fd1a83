/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/boot_info.h>
#include <tenorite/drivers/framebuffer_console.h>
#include <tenorite/drivers/serial.h>
#include <tenorite/drivers/vga_text.h>

/*
 * The consoles on which the kernel prints before it owns its memory: from its first moment on (kernel_early_init() of
 * arch/boot_info.h) the first serial port, and the VGA text screen where there is a VGA; once the boot information is
 * known, the screen that it speaks of.
 */

/* What became of the serial port: SERIAL_OK, or why it is not used. */
enum serial_error early_console_serial_error(void);

/* The serial port; NULL if it is not used. */
struct serial_port *early_console_serial(void);

/* The text screen; NULL without a VGA. Whether it is in text mode only the boot information tells: vga_text_is_present(). */
struct vga_text *early_console_screen(void);

/*
 * Starts the screen that the boot information speaks of, as a selected console, and unregisters the VGA text screen if that
 * is not it; returns it, or NULL if there is no screen. A framebuffer inside the boot window shows text at once; one
 * outside waits for framebuffer_console_move(). Once, early, on the boot page tables.
 */
struct console *early_console_start_screen(const struct boot_info *boot_info);

/* What became of the framebuffer: FRAMEBUFFER_CONSOLE_OK, or why there is no console on it. */
enum framebuffer_console_error early_console_framebuffer_error(void);

/* The framebuffer's console; NULL if there is none. On the boot page tables it is to be moved before they are left. */
struct framebuffer_console *early_console_framebuffer(void);
