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
static struct framebuffer_console framebuffer;
static enum framebuffer_console_error framebuffer_error = FRAMEBUFFER_CONSOLE_NO_PIXELS;

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

/* Without the loader's word a VGA may be in text mode where a BIOS has set it up; UEFI uses pixels alone. */
static struct console *start_text_screen(const struct boot_info *boot_info)
{
    bool may_be_text =
        boot_info->firmware != BOOT_FIRMWARE_UEFI || boot_info->framebuffer.kind == BOOT_FRAMEBUFFER_TEXT;
    if (has_screen && may_be_text && vga_text_is_present(&boot_info->framebuffer))
        return &screen.console;
    console_unregister(&screen.console);
    return NULL;
}

static void show_in_boot_window(void)
{
    const struct boot_framebuffer *mode = &framebuffer.framebuffer.mode;
    uint64_t length = framebuffer_length_bytes(mode), shown = memory_layout()->boot_window_bytes;
    if (length > shown || mode->base > shown - length)
        return;
    virt_addr start = virt_addr_new(memory_layout()->physical_window.start.value + mode->base);
    framebuffer_console_show_at(&framebuffer, virt_addr_to_pointer(start));
}

/* The text screen goes last: at no time is there no console. */
struct console *early_console_start_screen(const struct boot_info *boot_info)
{
    framebuffer_error = framebuffer_console_init(&framebuffer, &boot_info->framebuffer, &console_font);
    if (framebuffer_error != FRAMEBUFFER_CONSOLE_OK)
        return start_text_screen(boot_info);
    framebuffer_console_register(&framebuffer);
    show_in_boot_window();
    console_unregister(&screen.console);
    return &framebuffer.console;
}

enum framebuffer_console_error early_console_framebuffer_error(void)
{
    return framebuffer_error;
}

struct framebuffer_console *early_console_framebuffer(void)
{
    return framebuffer_error == FRAMEBUFFER_CONSOLE_OK ? &framebuffer : NULL;
}
