/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/boot_info.h>
#include <tenorite/lib/console.h>

/*
 * The VGA text screen: 80 columns by 25 rows, written like a teleprinter, always on the bottom row; a newline, or a
 * character after column 79, scrolls. Newline and 0x20..0x7e are printed, every other byte as the block 0xfe.
 */
enum { VGA_TEXT_COLUMNS = 80, VGA_TEXT_ROWS = 25, VGA_TEXT_CELLS = VGA_TEXT_COLUMNS * VGA_TEXT_ROWS };
enum { VGA_TEXT_PHYSICAL_ADDRESS = 0xb8000 };

enum vga_color {
    VGA_BLACK,
    VGA_BLUE,
    VGA_GREEN,
    VGA_CYAN,
    VGA_RED,
    VGA_MAGENTA,
    VGA_BROWN,
    VGA_LIGHT_GRAY,
    VGA_DARK_GRAY,
    VGA_LIGHT_BLUE,
    VGA_LIGHT_GREEN,
    VGA_LIGHT_CYAN,
    VGA_LIGHT_RED,
    VGA_PINK,
    VGA_YELLOW,
    VGA_WHITE,
};

/*
 * The fields belong to the driver.
 *
 *   cell:   15      12 11       8 7                0
 *          +----------+----------+------------------+
 *          |background|foreground|    character     |
 *          +----------+----------+------------------+
 */
struct vga_text {
    struct console console;
    volatile uint16_t *cells;        /* the screen, row by row */
    uint16_t shadow[VGA_TEXT_CELLS]; /* what it shows: reading video memory is slow */
    unsigned column;                 /* of the next character in the bottom row; VGA_TEXT_COLUMNS: scroll first */
    uint8_t attribute, plain_attribute;
};

/*
 * Whether the machine shows VGA text, from what the boot loader said about the screen: TEXT if it has this driver's
 * address and size, RGB never; for NONE and UNUSABLE the CRT controller is looked for at its ports (and left as it was).
 * Video memory is never asked: it may read back what was written with no screen behind it. Early boot; four port reads
 * and five port writes.
 */
bool vga_text_is_present(const struct boot_framebuffer *framebuffer);

/* Takes over the screen at `cells`, yellow on black, keeping what it shows, and switches the cursor on. Reads each
 * cell once. Early boot. */
void vga_text_init(struct vga_text *screen, volatile uint16_t *cells);

/* Colours of the text to come, and of plain text. In the console's other styles only the foreground differs: brown for
 * what is dim, light cyan for a warning, light red for an error. A row that scrolls in is plain. */
void vga_text_set_color(struct vga_text *screen, enum vga_color foreground, enum vga_color background);

/* The attribute, background above foreground, that text of that style has where plain text has `plain`. */
uint8_t vga_text_attribute(uint8_t plain, enum console_style style);

/* Prints one byte as described above. At most 2000 cell writes (when it scrolls). Any context, no lock. */
void vga_text_write_byte(struct vga_text *screen, uint8_t byte);

/* Moves the next character's place one column left; nothing happens at column 0. Erases nothing by itself. */
void vga_text_move_left(struct vga_text *screen);

/* Registers the screen as the console "vga", on which '\b' is vga_text_move_left() (docs/decisions/0003). The object
 * must live for ever. */
void vga_text_register_console(struct vga_text *screen);
