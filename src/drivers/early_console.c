/* SPDX-License-Identifier: MIT */
#include <tenorite/drivers/early_console.h>

#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/uart_16550.h>

/* The first serial port, from the first moment on: what goes wrong before anything else works is seen there. */
enum { EARLY_CONSOLE_BAUD = 115200 };

static struct serial_port port;
static bool is_present;

void kernel_early_init(void)
{
    is_present = serial_init(&port, UART_COM1_BASE, EARLY_CONSOLE_BAUD) == SERIAL_OK;
    if (is_present)
        serial_register_console(&port);
}

struct serial_port *early_console_port(void)
{
    return is_present ? &port : NULL;
}
