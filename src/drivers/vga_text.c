/* SPDX-License-Identifier: MIT */
#include <tenorite/drivers/vga_text.h>

#include <tenorite/arch/io.h>

/*
 * VGA text mode.
 *
 * Each change goes to the shadow copy and to the screen; scrolling copies inside the shadow and writes the screen
 * from it. The hardware cursor follows once per console write: four port writes would cost more than the text.
 *
 * Invariants
 * V1  column <= VGA_TEXT_COLUMNS, also in the middle of an update: a panic may interrupt one and print.
 * V2  No cell outside the 80 x 25 is touched, and each access to the screen is one volatile 16-bit access.
 *
 * References: IBM VGA; FreeVGA Project, "CRT Controller Registers", indexes 0Ah to 0Fh.
 */
enum {
    CRTC_INDEX_PORT = 0x3d4,
    CRTC_DATA_PORT = 0x3d5,
    CRTC_CURSOR_START = 0x0a, /* bits 4..0: first scan line; bit 5: cursor off */
    CRTC_CURSOR_END = 0x0b,   /* bits 4..0: last scan line; bits 6..5: skew */
    CRTC_CURSOR_HIGH = 0x0e,
    CRTC_CURSOR_LOW = 0x0f,
    CURSOR_FIRST_LINE = 14, /* an underline in a character cell 16 lines high */
    CURSOR_LAST_LINE = 15,
};
enum {
    BOTTOM_ROW = (VGA_TEXT_ROWS - 1) * VGA_TEXT_COLUMNS,
    UNPRINTABLE = 0xfe,
};

static uint8_t crtc_read(uint8_t index)
{
    io_write8(CRTC_INDEX_PORT, index);
    return io_read8(CRTC_DATA_PORT);
}

static void crtc_write(uint8_t index, unsigned value)
{
    io_write8(CRTC_INDEX_PORT, index);
    io_write8(CRTC_DATA_PORT, (uint8_t)value);
}

/* A controller stores a cursor position, an empty bus does not. */
static bool crtc_answers(void)
{
    static const uint8_t patterns[] = {0x55, 0xaa};
    uint8_t index_before = io_read8(CRTC_INDEX_PORT);
    uint8_t cursor_before = crtc_read(CRTC_CURSOR_LOW);
    bool answers = true;
    for (size_t i = 0; i < COUNT_OF(patterns); i++) {
        io_write8(CRTC_DATA_PORT, patterns[i]);
        answers = answers && io_read8(CRTC_DATA_PORT) == patterns[i];
    }
    io_write8(CRTC_DATA_PORT, cursor_before);
    io_write8(CRTC_INDEX_PORT, index_before);
    return answers;
}

static bool is_standard_text(const struct boot_framebuffer *framebuffer)
{
    return framebuffer->base == VGA_TEXT_PHYSICAL_ADDRESS && framebuffer->width == VGA_TEXT_COLUMNS &&
           framebuffer->height == VGA_TEXT_ROWS && framebuffer->pitch_bytes == VGA_TEXT_COLUMNS * sizeof(uint16_t);
}

bool vga_text_is_present(const struct boot_framebuffer *framebuffer)
{
    switch (framebuffer->kind) {
    case BOOT_FRAMEBUFFER_TEXT:
        return is_standard_text(framebuffer);
    case BOOT_FRAMEBUFFER_RGB:
        return false;
    case BOOT_FRAMEBUFFER_NONE:
    case BOOT_FRAMEBUFFER_UNUSABLE:
        return crtc_answers();
    }
    return false;
}

static void put_cell(struct vga_text *screen, unsigned index, uint16_t cell)
{
    screen->shadow[index] = cell;
    screen->cells[index] = cell;
}

static uint16_t cell_of(uint8_t attribute, uint8_t character)
{
    return (uint16_t)(attribute << 8 | character);
}

static void scroll(struct vga_text *screen)
{
    for (unsigned i = 0; i < BOTTOM_ROW; i++)
        put_cell(screen, i, screen->shadow[i + VGA_TEXT_COLUMNS]);
    for (unsigned i = BOTTOM_ROW; i < VGA_TEXT_CELLS; i++)
        put_cell(screen, i, cell_of(screen->plain_attribute, ' '));
    screen->column = 0;
}

static void show_cursor(const struct vga_text *screen)
{
    unsigned column = screen->column < VGA_TEXT_COLUMNS ? screen->column : VGA_TEXT_COLUMNS - 1;
    unsigned position = BOTTOM_ROW + column;
    crtc_write(CRTC_CURSOR_HIGH, position >> 8);
    crtc_write(CRTC_CURSOR_LOW, position & 0xff);
}

static void console_write_vga(struct console *self, const char *bytes, size_t length)
{
    struct vga_text *screen = CONTAINER_OF(self, struct vga_text, console);
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '\b')
            vga_text_move_left(screen);
        else
            vga_text_write_byte(screen, (uint8_t)bytes[i]);
    }
    show_cursor(screen);
}

uint8_t vga_text_attribute(uint8_t plain, enum console_style style)
{
    static const uint8_t foregrounds[] = {
        [CONSOLE_DIM] = VGA_BROWN, [CONSOLE_WARNING] = VGA_LIGHT_CYAN, [CONSOLE_ERROR] = VGA_LIGHT_RED};
    return style == CONSOLE_PLAIN ? plain : (uint8_t)((plain & 0xf0u) | foregrounds[style]);
}

static void set_style_vga(struct console *self, enum console_style style)
{
    struct vga_text *screen = CONTAINER_OF(self, struct vga_text, console);
    screen->attribute = vga_text_attribute(screen->plain_attribute, style);
}

void vga_text_init(struct vga_text *screen, volatile uint16_t *cells)
{
    screen->console = (struct console){.name = "vga", .write = console_write_vga, .set_style = set_style_vga};
    screen->cells = cells;
    screen->column = 0;
    for (unsigned i = 0; i < VGA_TEXT_CELLS; i++)
        screen->shadow[i] = cells[i];
    vga_text_set_color(screen, VGA_YELLOW, VGA_BLACK);

    uint8_t end = crtc_read(CRTC_CURSOR_END);
    crtc_write(CRTC_CURSOR_START, CURSOR_FIRST_LINE);
    crtc_write(CRTC_CURSOR_END, (end & 0xe0u) | CURSOR_LAST_LINE);
    show_cursor(screen);
}

void vga_text_set_color(struct vga_text *screen, enum vga_color foreground, enum vga_color background)
{
    screen->attribute = screen->plain_attribute = (uint8_t)(background << 4 | foreground);
}

void vga_text_write_byte(struct vga_text *screen, uint8_t byte)
{
    if (byte == '\n') {
        scroll(screen);
        return;
    }
    if (screen->column >= VGA_TEXT_COLUMNS)
        scroll(screen);
    bool is_printable = byte >= 0x20 && byte <= 0x7e;
    put_cell(screen, BOTTOM_ROW + screen->column, cell_of(screen->attribute, is_printable ? byte : UNPRINTABLE));
    screen->column++;
}

void vga_text_move_left(struct vga_text *screen)
{
    if (screen->column > 0)
        screen->column--;
}

void vga_text_register_console(struct vga_text *screen)
{
    console_register(&screen->console);
}
