/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/* Ends the virtual machine so that QEMU exits with (code << 1) | 1 (its isa-debug-exit device at port 0xf4); code is
 * 0..127. On a machine without that device: halts for ever. */
NO_RETURN void power_exit(uint8_t code);

/* Resets the machine. */
NO_RETURN void power_reboot(void);

/* Turns the machine off where it can; halts for ever, saying so, where it cannot. */
NO_RETURN void power_off(void);
