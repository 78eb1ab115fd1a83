/* SPDX-License-Identifier: MIT */
#include <tenorite/app/screen.h>

#include <tenorite/drivers/early_console.h>
#include <tenorite/drivers/inventory.h>

struct console *screen_move(struct console *screen, struct kernel_memory *memory)
{
    struct framebuffer_console *console = early_console_framebuffer();
    if (!console)
        return screen;
    const struct boot_framebuffer *mode = &console->framebuffer.mode;
    struct mmio_mapping mapping =
        mmio_map(&memory->mmio, phys_addr_new(mode->base), framebuffer_length_bytes(mode), MMIO_WRITE_COMBINING);
    if (mapping.error != MAP_OK) {
        console_unregister(screen);
        screen = NULL;
        inventory_missing("framebuffer", "cannot be shown: %s", map_error_name(mapping.error));
    }
    framebuffer_console_move(console, mapper_root(&memory->space.mapper).start, mapping.start);
    return screen;
}

void screen_report(const struct console *screen, const struct boot_info *boot_info)
{
    const struct boot_framebuffer *framebuffer = &boot_info->framebuffer;
    struct framebuffer_console *console = early_console_framebuffer();
    if (console && screen) {
        inventory_found("framebuffer", "%u x %u pixels of %d bits, %u x %u characters", framebuffer->width,
                        framebuffer->height, framebuffer->bits_per_pixel, console->columns, console->rows);
        return;
    }
    if (!console && (framebuffer->kind == BOOT_FRAMEBUFFER_RGB || framebuffer->kind == BOOT_FRAMEBUFFER_UNUSABLE))
        inventory_missing("framebuffer", "%s", framebuffer_console_error_text(early_console_framebuffer_error()));
    if (screen)
        inventory_found("vga", "text, %d x %d characters", VGA_TEXT_COLUMNS, VGA_TEXT_ROWS);
    else
        inventory_missing("vga", "no text screen");
}
