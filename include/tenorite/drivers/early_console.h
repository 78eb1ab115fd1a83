/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/drivers/serial.h>

/* The serial port on which the kernel prints from its first moment on (kernel_early_init() of arch/boot_info.h), or NULL
 * if the machine has none. */
struct serial_port *early_console_port(void);
