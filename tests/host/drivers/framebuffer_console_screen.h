/* SPDX-License-Identifier: MIT */
#pragma once

#include "paging_double.h"
#include "video_memory.h"

#include <tenorite/drivers/framebuffer_console.h>

/* A console on video memory, with a font of the test's own, in which no two glyphs are the same; and what the pixels say
 * about its text, found by comparing every cell with every glyph. */
extern struct video_memory video;
extern struct framebuffer_console screen;
extern struct font test_font;

enum { CURSOR_MARK = 0x100 }; /* in a cell: the cursor is there */

/* Starts a console on a screen of that mode, of garbage, with a font of that size. */
enum framebuffer_console_error screen_try(const struct boot_framebuffer *mode, uint8_t font_width,
                                          uint8_t font_height);
/* 1024 x 768 would be much to look at: 400 x 176 pixels, 50 x 11 characters, at 8 x 16. */
void screen_start(const struct boot_framebuffer *format);
enum { SCREEN_COLUMNS = 50, SCREEN_ROWS = 11 };

void screen_write(const char *text);

/* The character in a cell, with CURSOR_MARK, and its colours; 0 if no glyph looks so, in any two colours. A glyph of one
 * colour is a space in that background. */
struct shown_cell {
    unsigned character;
    struct rgb foreground, background;
};
struct shown_cell screen_cell(unsigned row, unsigned column);

/* The row begins with `text`, yellow on black, and is blank behind it; the cursor is looked away from. */
void screen_row_is(unsigned row, const char *text);

/* Where the cursor is; fails the test unless it is in exactly one cell, of the bottom row. */
unsigned screen_cursor(void);

/* How many cells have been drawn since the last video_reset(): all of their pixels; fails the test where it is some. */
unsigned screen_cells_drawn(void);
