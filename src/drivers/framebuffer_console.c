/* SPDX-License-Identifier: MIT */
#include <tenorite/drivers/framebuffer_console.h>

#include <tenorite/arch/cpu.h>
#include <tenorite/arch/paging.h>
#include <tenorite/lib/text.h>

/*
 * Text on pixels: two grids of cells, what the text is and what the screen shows of it. A write changes the text, then
 * draws the cells that differ: those of the bottom row or, if it has scrolled, of any row. Scrolling moves no cell: the
 * rows of the text are a ring. The cursor is a part of the cell that it is in.
 *
 * Invariants
 *   F1  column <= columns and top < rows at every moment: a panic may interrupt a write and print.
 *   F2  A cell in `shown` is what the pixels show or UNKNOWN, which no text is, while they are being drawn: where a
 *       panic interrupts, it draws again.
 *   F3  has_scrolled is set before the text moves, and cleared when all cells are shown: a panic that interrupts the
 *       drawing goes on with it.
 *   F4  Pixels are written by draw_cell() and appear() alone, and only where the address space in use has them:
 *       settle() asks which one that is. The cells are inside the screen: columns * width * scale and rows * height *
 *       scale do not exceed it.
 *
 * An interrupt that returns could leave one cell wrong until it changes; none writes to a console.
 */
enum {
    UNKNOWN = 0,
    CURSOR = 1 << 7,
    CHARACTER_MASK = 0x7f,
    CURSOR_LINES = 2,
};

static_assert((int)CURSOR_LINES < (int)FONT_MIN_HEIGHT, "a cursor fits into a glyph");

/* IBM's colours, in the order of enum vga_color. */
static const struct rgb colors[FRAMEBUFFER_CONSOLE_COLORS] = {
    {0x00, 0x00, 0x00}, {0x00, 0x00, 0xaa}, {0x00, 0xaa, 0x00}, {0x00, 0xaa, 0xaa},
    {0xaa, 0x00, 0x00}, {0xaa, 0x00, 0xaa}, {0xaa, 0x55, 0x00}, {0xaa, 0xaa, 0xaa},
    {0x55, 0x55, 0x55}, {0x55, 0x55, 0xff}, {0x55, 0xff, 0x55}, {0x55, 0xff, 0xff},
    {0xff, 0x55, 0x55}, {0xff, 0x55, 0xff}, {0xff, 0xff, 0x55}, {0xff, 0xff, 0xff},
};

/* Keeps the order of what is written to memory for who interrupts this CPU. */
static void order_for_interrupts(void)
{
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

static uint16_t blank(const struct framebuffer_console *screen)
{
    return (uint16_t)(screen->plain_attribute << 8 | ' ');
}

static unsigned bottom(const struct framebuffer_console *screen)
{
    return screen->rows - 1;
}

/* The index in `cells` of the first cell of a row of the screen. */
static unsigned row_start(const struct framebuffer_console *screen, unsigned row)
{
    return (screen->top + row) % screen->rows * screen->columns;
}

/* Drawing. */

static void draw_cell(const struct framebuffer_console *screen, unsigned row, unsigned column, uint16_t cell)
{
    const struct font *font = screen->font;
    uint8_t lines[FONT_MAX_HEIGHT];
    memcpy(lines, font->glyphs[(cell & CHARACTER_MASK) - FONT_FIRST_CHARACTER], sizeof lines);
    if (cell & CURSOR)
        memset(lines + font->height - CURSOR_LINES, UINT8_MAX, CURSOR_LINES);
    const struct pixel_pattern pattern = {
        .lines = lines,
        .width = font->width,
        .height = font->height,
        .scale = screen->scale,
        .foreground = screen->palette[cell >> 8 & 0xf],
        .background = screen->palette[cell >> 12],
    };
    framebuffer_draw(&screen->framebuffer, column * font->width * screen->scale, row * font->height * screen->scale,
                     &pattern);
}

/* The column of the cursor in that row; behind the last where it is not there. */
static unsigned cursor_column(const struct framebuffer_console *screen, unsigned row)
{
    if (row != bottom(screen))
        return screen->columns;
    return screen->column < screen->columns ? screen->column : screen->columns - 1;
}

static void show_row(struct framebuffer_console *screen, unsigned row)
{
    unsigned start = row_start(screen, row), cursor = cursor_column(screen, row);
    for (unsigned column = 0; column < screen->columns; column++) {
        uint16_t *shown = &screen->shown[row * screen->columns + column];
        uint16_t wanted = screen->cells[start + column];
        if (column == cursor)
            wanted |= CURSOR;
        if (*shown == wanted)
            continue;
        *shown = UNKNOWN;
        order_for_interrupts();
        draw_cell(screen, row, column, wanted);
        order_for_interrupts();
        *shown = wanted;
    }
}

/* The pixels can be seen at `pixels` for the first time: nothing is known of what they show. */
static void appear(struct framebuffer_console *screen, volatile uint8_t *pixels)
{
    const struct framebuffer framebuffer = {screen->framebuffer.mode, pixels};
    framebuffer_fill(&framebuffer, screen->palette[screen->plain_attribute >> 4]);
    for (unsigned i = 0; i < screen->rows * screen->columns; i++)
        screen->shown[i] = blank(screen);
    screen->has_scrolled = true;
}

/* Where the pixels are in the address space in use. */
static void settle(struct framebuffer_console *screen)
{
    if (!screen->is_moving || paging_root_read().value != screen->next_root.value)
        return;
    volatile uint8_t *pixels = screen->next_pixels;
    if (screen->framebuffer.pixels == NULL && pixels != NULL)
        appear(screen, pixels);
    order_for_interrupts();
    screen->framebuffer.pixels = pixels;
    order_for_interrupts();
    screen->is_moving = false;
}

static void show(struct framebuffer_console *screen)
{
    settle(screen);
    if (screen->framebuffer.pixels == NULL)
        return;
    for (unsigned row = screen->has_scrolled ? 0 : bottom(screen); row < screen->rows; row++)
        show_row(screen, row);
    order_for_interrupts();
    screen->has_scrolled = false;
    cpu_flush_writes();
}

void framebuffer_console_show_at(struct framebuffer_console *screen, volatile void *pixels)
{
    appear(screen, pixels);
    order_for_interrupts();
    screen->framebuffer.pixels = pixels;
    show(screen);
}

void framebuffer_console_move(struct framebuffer_console *screen, phys_addr root, volatile void *pixels)
{
    screen->next_root = root;
    screen->next_pixels = pixels;
    order_for_interrupts();
    screen->is_moving = true;
}

/* The text. */

/* The top row becomes the bottom row, and is blank before it does. */
static void scroll(struct framebuffer_console *screen)
{
    screen->has_scrolled = true;
    order_for_interrupts();
    for (unsigned column = 0; column < screen->columns; column++)
        screen->cells[row_start(screen, 0) + column] = blank(screen);
    order_for_interrupts();
    screen->top = (screen->top + 1) % screen->rows;
    screen->column = 0;
}

static void put(struct framebuffer_console *screen, uint8_t byte)
{
    if (screen->column >= screen->columns)
        scroll(screen);
    bool is_printable = byte >= FONT_FIRST_CHARACTER && byte < FONT_REPLACEMENT;
    uint8_t character = is_printable ? byte : FONT_REPLACEMENT;
    screen->cells[row_start(screen, bottom(screen)) + screen->column] =
        (uint16_t)(screen->attribute << 8 | character);
    screen->column++;
}

static void console_write_framebuffer(struct console *self, const char *bytes, size_t length)
{
    struct framebuffer_console *screen = CONTAINER_OF(self, struct framebuffer_console, console);
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '\n')
            scroll(screen);
        else if (bytes[i] != '\b')
            put(screen, (uint8_t)bytes[i]);
        else if (screen->column > 0)
            screen->column--;
    }
    show(screen);
}

void framebuffer_console_set_color(struct framebuffer_console *screen, enum vga_color foreground,
                                   enum vga_color background)
{
    screen->attribute = screen->plain_attribute = (uint8_t)(background << 4 | foreground);
}

static void console_set_style_framebuffer(struct console *self, enum console_style style)
{
    struct framebuffer_console *screen = CONTAINER_OF(self, struct framebuffer_console, console);
    screen->attribute = vga_text_attribute(screen->plain_attribute, style);
}

/* Setting up. */

static unsigned at_most(unsigned value, unsigned limit)
{
    return value < limit ? value : limit;
}

/* The smallest magnification with which the rows and columns fit; beyond the largest, some of the screen stays empty. */
static void choose_grid(struct framebuffer_console *screen)
{
    const struct boot_framebuffer *mode = &screen->framebuffer.mode;
    do {
        screen->scale++;
        screen->columns = mode->width / (screen->font->width * screen->scale);
        screen->rows = mode->height / (screen->font->height * screen->scale);
    } while ((screen->columns > FRAMEBUFFER_CONSOLE_MAX_COLUMNS || screen->rows > FRAMEBUFFER_CONSOLE_MAX_ROWS) &&
             screen->scale < FRAMEBUFFER_MAX_SCALE);
    screen->columns = at_most(screen->columns, FRAMEBUFFER_CONSOLE_MAX_COLUMNS);
    screen->rows = at_most(screen->rows, FRAMEBUFFER_CONSOLE_MAX_ROWS);
}

static enum framebuffer_console_error check_mode(const struct boot_framebuffer *mode)
{
    if (mode->kind != BOOT_FRAMEBUFFER_RGB)
        return FRAMEBUFFER_CONSOLE_NO_PIXELS;
    if (mode->width > FRAMEBUFFER_CONSOLE_MAX_SIDE || mode->height > FRAMEBUFFER_CONSOLE_MAX_SIDE ||
        mode->pitch_bytes > FRAMEBUFFER_CONSOLE_MAX_PITCH)
        return FRAMEBUFFER_CONSOLE_TOO_LARGE;
    return FRAMEBUFFER_CONSOLE_OK;
}

enum framebuffer_console_error framebuffer_console_init(struct framebuffer_console *screen,
                                                        const struct boot_framebuffer *mode, const struct font *font)
{
    enum framebuffer_console_error error = check_mode(mode);
    if (error != FRAMEBUFFER_CONSOLE_OK)
        return error;
    screen->console = (struct console){
        .name = "framebuffer", .write = console_write_framebuffer, .set_style = console_set_style_framebuffer};
    screen->framebuffer = (struct framebuffer){.mode = *mode};
    screen->font = font;
    screen->scale = screen->top = screen->column = 0;
    screen->has_scrolled = screen->is_moving = false;
    choose_grid(screen);
    if (screen->columns < FRAMEBUFFER_CONSOLE_MIN_COLUMNS || screen->rows < FRAMEBUFFER_CONSOLE_MIN_ROWS)
        return FRAMEBUFFER_CONSOLE_TOO_SMALL;
    for (unsigned i = 0; i < FRAMEBUFFER_CONSOLE_COLORS; i++)
        screen->palette[i] = framebuffer_pixel(mode, colors[i]);
    framebuffer_console_set_color(screen, VGA_YELLOW, VGA_BLACK);
    for (unsigned i = 0; i < FRAMEBUFFER_CONSOLE_CELLS; i++)
        screen->cells[i] = blank(screen);
    return FRAMEBUFFER_CONSOLE_OK;
}

void framebuffer_console_register(struct framebuffer_console *screen)
{
    console_register(&screen->console);
}

const char *framebuffer_console_error_text(enum framebuffer_console_error error)
{
    switch (error) {
    case FRAMEBUFFER_CONSOLE_OK:
        return "no error";
    case FRAMEBUFFER_CONSOLE_NO_PIXELS:
        return "the boot loader's framebuffer cannot be used";
    case FRAMEBUFFER_CONSOLE_TOO_SMALL:
        return "the screen has no room for 40 x 10 characters";
    case FRAMEBUFFER_CONSOLE_TOO_LARGE:
        return "the screen is said to be impossibly large";
    }
    __builtin_unreachable();
}
