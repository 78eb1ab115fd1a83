/* SPDX-License-Identifier: MIT */
#include "framebuffer_console_screen.h"

struct video_memory video;
struct framebuffer_console screen;
struct font test_font;

static const struct rgb yellow = {255, 255, 85}, black = {0, 0, 0};

/* Every row of every glyph is another pattern than that row of the others; a space has none. */
static void make_font(uint8_t width, uint8_t height)
{
    test_font = (struct font){.width = width, .height = height};
    for (unsigned glyph = 1; glyph < FONT_GLYPHS; glyph++)
        for (unsigned line = 0; line < height; line++)
            test_font.glyphs[glyph][line] = (uint8_t)((glyph * 2 + line * 6) << (8 - width));
}

enum framebuffer_console_error screen_try(const struct boot_framebuffer *mode, uint8_t font_width,
                                          uint8_t font_height)
{
    make_font(font_width, font_height);
    return framebuffer_console_init(&screen, mode, &test_font);
}

void screen_start(const struct boot_framebuffer *format)
{
    struct boot_framebuffer mode = video_mode(format, SCREEN_COLUMNS * 8, SCREEN_ROWS * 16, 12);
    paging_double_reset();
    video_reset(&video, &mode, 1);
    assert_int_equal(screen_try(&mode, 8, 16), FRAMEBUFFER_CONSOLE_OK);
    framebuffer_console_show_at(&screen, video_start(&video));
}

void screen_write(const char *text)
{
    screen.console.write(&screen.console, text, strlen(text));
}

static bool is_same(struct rgb left, struct rgb right)
{
    return left.red == right.red && left.green == right.green && left.blue == right.blue;
}

/* The scale is that of the screen: it is checked where the grid is. */
static bool looks_like(unsigned row, unsigned column, const struct shown_cell *guess)
{
    unsigned scale = screen.scale, character = guess->character & 0xff;
    for (unsigned y = 0; y < test_font.height * scale; y++) {
        unsigned line = y / scale;
        bool is_cursor = guess->character & CURSOR_MARK && line >= test_font.height - 2u;
        for (unsigned x = 0; x < test_font.width * scale; x++) {
            bool is_set = is_cursor || test_font.glyphs[character - 0x20][line] << x / scale & 0x80;
            struct rgb shown =
                video_color(&video, column * test_font.width * scale + x, row * test_font.height * scale + y);
            if (!is_same(shown, is_set ? guess->foreground : guess->background))
                return false;
        }
    }
    return true;
}

/* The first colour in the cell, from the top left, that is not `other`; `other` if there is none. */
static struct rgb another_color(unsigned row, unsigned column, struct rgb other)
{
    unsigned width = test_font.width * screen.scale, height = test_font.height * screen.scale;
    for (unsigned i = 0; i < width * height; i++) {
        struct rgb shown = video_color(&video, column * width + i % width, row * height + i / width);
        if (!is_same(shown, other))
            return shown;
    }
    return other;
}

struct shown_cell screen_cell(unsigned row, unsigned column)
{
    unsigned width = test_font.width * screen.scale, height = test_font.height * screen.scale;
    struct rgb one = video_color(&video, column * width, row * height);
    struct rgb two = another_color(row, column, one);
    for (unsigned i = 0; i < 4u * FONT_GLYPHS; i++) {
        struct shown_cell guess = {0x20 + i / 4, i % 2 ? two : one, i % 2 ? one : two};
        if (i % 4 >= 2)
            guess.character |= CURSOR_MARK;
        if (looks_like(row, column, &guess))
            return guess;
    }
    return (struct shown_cell){0, one, two};
}

void screen_row_is(unsigned row, const char *text)
{
    size_t length = strlen(text);
    for (unsigned column = 0; column < SCREEN_COLUMNS; column++) {
        struct shown_cell cell = screen_cell(row, column);
        unsigned wanted = column < length ? (uint8_t)text[column] : ' ';
        if ((cell.character & 0xff) != wanted)
            fail_msg("row %u, column %u shows %#x instead of %#x", row, column, cell.character, wanted);
        bool is_blank = cell.character == ' ';
        assert_true(is_same(cell.background, black) && (is_blank || is_same(cell.foreground, yellow)));
    }
}

unsigned screen_cursor(void)
{
    unsigned found = 0, place = 0;
    for (unsigned row = 0; row < screen.rows; row++)
        for (unsigned column = 0; column < screen.columns; column++)
            if (screen_cell(row, column).character & CURSOR_MARK) {
                assert_int_equal(row, screen.rows - 1);
                place = column;
                found++;
            }
    assert_int_equal(found, 1);
    return place;
}

unsigned screen_cells_drawn(void)
{
    unsigned drawn = 0, width = test_font.width * screen.scale, height = test_font.height * screen.scale;
    for (unsigned cell = 0; cell < screen.rows * screen.columns; cell++) {
        unsigned written = 0;
        for (unsigned i = 0; i < width * height; i++)
            written += !video_is_untouched(&video, cell % screen.columns * width + i % width,
                                           cell / screen.columns * height + i / width);
        assert_true(written == 0 || written > width * height * 9 / 10); /* what is drawn may equal the garbage */
        drawn += written != 0;
    }
    return drawn;
}
