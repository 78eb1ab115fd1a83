/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/address.h>
#include <tenorite/drivers/font.h>
#include <tenorite/drivers/framebuffer.h>
#include <tenorite/drivers/vga_text.h>
#include <tenorite/lib/console.h>

/*
 * A text console on a screen of pixels. It is written like the VGA text screen (vga_text.h): always on the bottom row, in
 * 16 colours, yellow on black at first; newline and 0x20..0x7e are printed, '\b' moves left, every other byte is the
 * font's replacement glyph. Wide screens magnify the font, so that a row has at most 240 characters.
 *
 * The text is kept in memory, and the console can be written to before and after its pixels can be seen: what is then
 * written shows as soon as they can.
 */
enum {
    FRAMEBUFFER_CONSOLE_MIN_COLUMNS = 40,
    FRAMEBUFFER_CONSOLE_MIN_ROWS = 10,
    FRAMEBUFFER_CONSOLE_MAX_COLUMNS = 240,
    FRAMEBUFFER_CONSOLE_MAX_ROWS = 135,
    FRAMEBUFFER_CONSOLE_CELLS = FRAMEBUFFER_CONSOLE_MAX_COLUMNS * FRAMEBUFFER_CONSOLE_MAX_ROWS,
    FRAMEBUFFER_CONSOLE_COLORS = 16,
    FRAMEBUFFER_CONSOLE_MAX_SIDE = 16384, /* pixels */
    FRAMEBUFFER_CONSOLE_MAX_PITCH = 4 * 4 * FRAMEBUFFER_CONSOLE_MAX_SIDE,
};

enum NODISCARD framebuffer_console_error {
    FRAMEBUFFER_CONSOLE_OK,
    FRAMEBUFFER_CONSOLE_NO_PIXELS, /* not of kind RGB */
    FRAMEBUFFER_CONSOLE_TOO_SMALL, /* for 40 x 10 characters */
    FRAMEBUFFER_CONSOLE_TOO_LARGE, /* a side beyond 16384 pixels, or lines more than 256 KiB apart */
};

/*
 * The fields belong to the driver.
 *
 *   cell:   15      12 11       8    7    6                0
 *          +----------+----------+------+------------------+
 *          |background|foreground|cursor|    character     |
 *          +----------+----------+------+------------------+
 */
struct framebuffer_console {
    struct console console;
    struct framebuffer framebuffer; /* its pixels are NULL while they cannot be seen */
    const struct font *font;
    unsigned scale, columns, rows;
    uint32_t palette[FRAMEBUFFER_CONSOLE_COLORS]; /* as pixels */
    unsigned top;                                 /* the row of `cells` that is at the top of the screen */
    unsigned column;                              /* of the next character; `columns`: scroll first */
    uint8_t attribute, plain_attribute;           /* of the text to come: as it is, and without a style */
    bool has_scrolled;                            /* since the screen showed all cells */
    bool is_moving;                               /* next_pixels counts once next_root is in use */
    phys_addr next_root;
    volatile void *next_pixels;
    uint16_t cells[FRAMEBUFFER_CONSOLE_CELLS]; /* the text, rows in a ring, `columns` to a row */
    uint16_t shown[FRAMEBUFFER_CONSOLE_CELLS]; /* what the pixels show, from the top left corner on */
};

/*
 * Prepares a console for a screen of that mode, which must be free of contradictions as boot information is: an empty
 * text, and no pixels as yet. On an error *screen means nothing. Early boot; touches no video memory.
 */
enum framebuffer_console_error framebuffer_console_init(struct framebuffer_console *screen,
                                                        const struct boot_framebuffer *mode, const struct font *font);

/* From now on the pixels are at `pixels`: clears the screen and shows the text. Cost: every pixel is written once. */
void framebuffer_console_show_at(struct framebuffer_console *screen, volatile void *pixels);

/*
 * From the moment that this CPU uses the page tables at `root`, the pixels are at `pixels`, or nowhere if that is NULL.
 * Call before the switch, and switch to nothing else: whatever is written before it goes where the pixels were, whatever
 * is written after it to the new place, from a panic in between too.
 */
void framebuffer_console_move(struct framebuffer_console *screen, phys_addr root, volatile void *pixels);

/* Colours of the text to come, and of plain text; styles are those of the VGA console. A row that scrolls in is plain. Any
 * context. */
void framebuffer_console_set_color(struct framebuffer_console *screen, enum vga_color foreground,
                                   enum vga_color background);

/*
 * Registers the screen as the console "framebuffer". The object must live for ever.
 *
 * A write costs the pixels of the characters written and of the cursor; if it scrolls, of all cells that look different
 * afterwards, once, however many lines it has. Any context, no lock.
 */
void framebuffer_console_register(struct framebuffer_console *screen);

/* Why there is no such console, as the end of a sentence. */
const char *framebuffer_console_error_text(enum framebuffer_console_error error);
