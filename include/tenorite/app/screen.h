/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/boot_info.h>
#include <tenorite/lib/console.h>
#include <tenorite/mm/kernel_memory.h>

/*
 * The screen from the boot loader's to the kernel's own address space. In this order, early:
 *
 *     screen = early_console_start_screen(boot_info);
 *     kernel_memory_build(memory, boot_info)
 *     screen = screen_move(screen, memory);
 *     kernel_memory_activate(memory)
 *     screen_report(screen, boot_info);
 */

/* Maps the framebuffer, if that is the screen, write-combining in the address space that is built but not yet in use, so that
 * at no time text is lost. Returns the screen, or NULL if it cannot be mapped: then it is no console any more. */
struct console *screen_move(struct console *screen, struct kernel_memory *memory);

/* Says in the log and the inventory what the screen is, or why there is none. */
void screen_report(const struct console *screen, const struct boot_info *boot_info);
