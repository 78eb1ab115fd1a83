/* SPDX-License-Identifier: MIT */
#include <tenorite/drivers/early_console.h>

#include <tenorite/arch/boot_info.h>
#include <tenorite/arch/memory_layout.h>
#include <tenorite/arch/uart_16550.h>

enum { EARLY_CONSOLE_BAUD = 115200 };

static struct serial_port serial;
static enum serial_error serial_error = SERIAL_NOT_PRESENT;
static struct vga_text screen;
static bool has_screen;

void kernel_early_init(void)
{
    static const struct boot_framebuffer nothing_known = {.kind = BOOT_FRAMEBUFFER_NONE};
    serial_error = serial_init(&serial, UART_COM1_BASE, EARLY_CONSOLE_BAUD);
    if (serial_error == SERIAL_OK)
        serial_register_console(&serial);
    has_screen = vga_text_is_present(&nothing_known);
    if (!has_screen)
        return;
    vga_text_init(&screen, virt_addr_to_pointer(memory_layout()->text_screen.start));
    vga_text_register_console(&screen);
}

enum serial_error early_console_serial_error(void)
{
    return serial_error;
}

struct serial_port *early_console_serial(void)
{
    return serial_error == SERIAL_OK ? &serial : NULL;
}

struct vga_text *early_console_screen(void)
{
    return has_screen ? &screen : NULL;
}
