/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <tenorite/drivers/vga_text.h>

#include "io.h"

enum { COLUMNS = 80, ROWS = 25, CELLS = COLUMNS * ROWS, GUARD = 160, GUARD_CELL = 0xdead };

/* The screen, with cells around it that nobody may write. */
static uint16_t memory[GUARD + CELLS + GUARD];
static uint16_t *const cells = memory + GUARD;
static struct vga_text screen;

/* A CRT controller: an index register and 25 data registers. */
static struct {
    uint8_t index, registers[32];
} crtc;

static uint32_t crtc_read(void *context, uint16_t offset, unsigned width_bytes)
{
    (void)context, (void)width_bytes;
    return offset == 0 ? crtc.index : crtc.registers[crtc.index % 32];
}

static void crtc_write(void *context, uint16_t offset, unsigned width_bytes, uint32_t value)
{
    (void)context;
    assert_int_equal(width_bytes, 1);
    if (offset == 0)
        crtc.index = (uint8_t)value;
    else
        crtc.registers[crtc.index % 32] = (uint8_t)value;
}

static void attach_crtc(void)
{
    io_double_add(&(struct io_device){0x3d4, 2, crtc_read, crtc_write, NULL});
}

static int set_up(void **state)
{
    (void)state;
    io_double_reset();
    memset(&crtc, 0, sizeof crtc);
    for (size_t i = 0; i < COUNT_OF(memory); i++)
        memory[i] = GUARD_CELL;
    for (size_t i = 0; i < CELLS; i++)
        cells[i] = (uint16_t)(0x0700 | ' ');
    return 0;
}

static int check_guard(void **state)
{
    (void)state;
    for (size_t i = 0; i < GUARD; i++) {
        assert_int_equal(memory[i], GUARD_CELL);
        assert_int_equal(memory[GUARD + CELLS + i], GUARD_CELL);
    }
    return 0;
}

static void start(void)
{
    attach_crtc();
    vga_text_init(&screen, cells);
}

static void write_bytes(const char *bytes)
{
    for (; *bytes; bytes++)
        vga_text_write_byte(&screen, (uint8_t)*bytes);
}

static void write_to_console(const char *bytes)
{
    screen.console.write(&screen.console, bytes, strlen(bytes));
}

/* Row `row` begins with `text` in yellow on black; the cells after it are blank. */
static void row_is(unsigned row, const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i < COLUMNS; i++)
        assert_int_equal(cells[row * COLUMNS + i] & 0xff, i < length ? (uint8_t)text[i] : ' ');
    for (size_t i = 0; i < length; i++)
        assert_int_equal(cells[row * COLUMNS + i] >> 8, 0x0e);
}

static unsigned cursor_position(void)
{
    return (unsigned)(crtc.registers[0x0e] << 8 | crtc.registers[0x0f]);
}

static void text_appears_on_the_bottom_row_in_yellow_on_black(void **state)
{
    (void)state;
    start();
    write_bytes("Hello");
    row_is(24, "Hello");
    for (unsigned row = 0; row < 24; row++)
        row_is(row, "");
}

static void println_leaves_the_line_on_row_23(void **state)
{
    (void)state;
    start();
    write_bytes("\nSome test string that fits on a single line\n");
    row_is(23, "Some test string that fits on a single line");
    row_is(24, "");
    assert_int_equal(cells[24 * COLUMNS], 0x0e20); /* blanks carry the colour too */
}

static void two_hundred_lines_scroll_through(void **state)
{
    (void)state;
    start();
    char line[32];
    for (unsigned i = 0; i < 200; i++) {
        snprintf(line, sizeof line, "line %u\n", i);
        write_bytes(line);
    }
    for (unsigned row = 0; row < 24; row++) {
        snprintf(line, sizeof line, "line %u", 176 + row);
        row_is(row, line);
    }
    row_is(24, "");
}

static void a_full_row_scrolls_at_the_next_character_only(void **state)
{
    (void)state;
    start();
    char row[COLUMNS + 1] = {0};
    memset(row, 'x', COLUMNS);
    write_bytes(row);
    row_is(24, row);
    row_is(23, "");
    write_bytes("y");
    row_is(23, row);
    row_is(24, "y");
}

static void a_newline_after_a_full_row_scrolls_once(void **state)
{
    (void)state;
    start();
    char row[COLUMNS + 1] = {0};
    memset(row, 'x', COLUMNS);
    write_bytes(row);
    write_bytes("\n");
    row_is(23, row);
    row_is(22, "");
    row_is(24, "");
}

static void every_byte_but_printable_ones_and_newline_is_a_block(void **state)
{
    (void)state;
    start();
    for (unsigned byte = 0; byte < 256; byte++) {
        if (byte == '\n')
            continue;
        write_bytes("\n");
        vga_text_write_byte(&screen, (uint8_t)byte);
        bool is_printable = byte >= 0x20 && byte <= 0x7e;
        assert_int_equal(cells[24 * COLUMNS], 0x0e00 | (is_printable ? byte : 0xfe));
        assert_int_equal(cells[24 * COLUMNS + 1], 0x0e20);
    }
}

static void a_utf8_character_prints_a_block_per_byte(void **state)
{
    (void)state;
    start();
    write_bytes("W\xc3\xb6rld");
    row_is(24, "W\xfe\xferld");
}

static void init_keeps_what_the_screen_shows_and_scrolls_it_on(void **state)
{
    (void)state;
    for (unsigned i = 0; i < CELLS; i++)
        cells[i] = (uint16_t)(0x1f00 | ('A' + i / COLUMNS));
    start();
    assert_int_equal(cells[0], 0x1f00 | 'A');
    write_bytes("\n");
    for (unsigned i = 0; i < 24 * COLUMNS; i++)
        assert_int_equal(cells[i], 0x1f00 | ('B' + i / COLUMNS));
}

static void colors_apply_to_the_text_to_come(void **state)
{
    (void)state;
    start();
    write_bytes("a");
    vga_text_set_color(&screen, VGA_WHITE, VGA_RED);
    write_bytes("b\n");
    assert_int_equal(cells[23 * COLUMNS], 0x0e00 | 'a');
    assert_int_equal(cells[23 * COLUMNS + 1], 0x4f00 | 'b');
    assert_int_equal(cells[24 * COLUMNS], 0x4f00 | ' ');
}

static void styles_change_the_foreground_and_plain_is_what_was_set(void **state)
{
    static const enum console_style styles[] = {CONSOLE_DIM, CONSOLE_WARNING, CONSOLE_ERROR, CONSOLE_PLAIN};
    static const uint8_t on_black[] = {0x06, 0x0b, 0x0c, 0x0e}, on_blue[] = {0x16, 0x1b, 0x1c, 0x1f};
    (void)state;
    start();
    for (size_t i = 0; i < COUNT_OF(styles); i++) {
        screen.console.set_style(&screen.console, styles[i]);
        write_bytes("x");
        assert_int_equal(cells[24 * COLUMNS + i], on_black[i] << 8 | 'x');
    }
    screen.console.set_style(&screen.console, CONSOLE_ERROR);
    write_bytes("\n");
    assert_int_equal(cells[24 * COLUMNS], 0x0e00 | ' ');
    vga_text_set_color(&screen, VGA_WHITE, VGA_BLUE);
    for (size_t i = 0; i < COUNT_OF(styles); i++) {
        screen.console.set_style(&screen.console, styles[i]);
        write_bytes("x");
        assert_int_equal(cells[24 * COLUMNS + i], on_blue[i] << 8 | 'x');
    }
}

static void colors_have_the_numbers_of_the_hardware(void **state)
{
    (void)state;
    static const enum vga_color in_order[] = {VGA_BLACK,     VGA_BLUE,       VGA_GREEN,       VGA_CYAN,
                                              VGA_RED,       VGA_MAGENTA,    VGA_BROWN,       VGA_LIGHT_GRAY,
                                              VGA_DARK_GRAY, VGA_LIGHT_BLUE, VGA_LIGHT_GREEN, VGA_LIGHT_CYAN,
                                              VGA_LIGHT_RED, VGA_PINK,       VGA_YELLOW,      VGA_WHITE};
    for (unsigned i = 0; i < 16; i++)
        assert_int_equal(in_order[i], i);
}

static void console_backspace_space_backspace_erases(void **state)
{
    (void)state;
    start();
    write_to_console("abc\b \b");
    row_is(24, "ab");
    assert_int_equal(cursor_position(), 24 * 80 + 2);
    write_to_console("d");
    row_is(24, "abd");
}

static void console_backspace_erases_the_last_column_of_a_full_row(void **state)
{
    (void)state;
    start();
    char row[COLUMNS + 1] = {0};
    memset(row, 'x', COLUMNS);
    write_to_console(row);
    write_to_console("\b \b");
    row[COLUMNS - 1] = '\0';
    row_is(24, row);
    row_is(23, "");
}

static void console_backspace_stops_at_column_0(void **state)
{
    (void)state;
    start();
    write_to_console("above\n\b\b\bx");
    row_is(23, "above");
    row_is(24, "x");
}

static void the_cursor_follows_the_text(void **state)
{
    (void)state;
    start();
    assert_int_equal(cursor_position(), 24 * 80);
    assert_int_equal(crtc.registers[0x0a] & 0x20, 0); /* it is switched on */
    write_to_console("> ");
    assert_int_equal(cursor_position(), 24 * 80 + 2);
    char row[COLUMNS - 1] = {0};
    memset(row, 'x', COLUMNS - 2);
    write_to_console(row);
    assert_int_equal(cursor_position(), 24 * 80 + 79); /* a full row: it stays on the screen */
    write_to_console("\n");
    assert_int_equal(cursor_position(), 24 * 80);
}

static void the_console_is_registered_as_vga(void **state)
{
    (void)state;
    start();
    vga_text_register_console(&screen);
    assert_ptr_equal(console_find("vga"), &screen.console);
}

static void the_loaders_word_on_the_screen_decides(void **state)
{
    static const struct boot_framebuffer standard_text = {
        .kind = BOOT_FRAMEBUFFER_TEXT, .base = 0xb8000, .width = 80, .height = 25, .pitch_bytes = 160};
    struct boot_framebuffer other[4] = {standard_text, standard_text, standard_text, standard_text};
    (void)state;
    other[0].base = 0xb0000, other[1].width = 132, other[2].height = 50, other[3].pitch_bytes = 264;
    attach_crtc();
    assert_true(vga_text_is_present(&standard_text));
    for (size_t i = 0; i < COUNT_OF(other); i++)
        assert_false(vga_text_is_present(&other[i]));
    assert_false(vga_text_is_present(&(struct boot_framebuffer){.kind = BOOT_FRAMEBUFFER_RGB}));
    assert_int_equal(io_double_access_count(), 0);
}

static void without_a_word_the_crt_controller_is_looked_for_and_left_as_it_was(void **state)
{
    (void)state;
    assert_false(vga_text_is_present(&(struct boot_framebuffer){.kind = BOOT_FRAMEBUFFER_NONE}));
    attach_crtc();
    crtc.index = 0x11;
    for (unsigned i = 0; i < 32; i++)
        crtc.registers[i] = (uint8_t)(i * 5);
    assert_true(vga_text_is_present(&(struct boot_framebuffer){.kind = BOOT_FRAMEBUFFER_NONE}));
    assert_true(vga_text_is_present(&(struct boot_framebuffer){.kind = BOOT_FRAMEBUFFER_UNUSABLE}));
    assert_int_equal(crtc.index, 0x11);
    for (unsigned i = 0; i < 32; i++)
        assert_int_equal(crtc.registers[i], (uint8_t)(i * 5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(text_appears_on_the_bottom_row_in_yellow_on_black, set_up, check_guard),
        cmocka_unit_test_setup_teardown(println_leaves_the_line_on_row_23, set_up, check_guard),
        cmocka_unit_test_setup_teardown(two_hundred_lines_scroll_through, set_up, check_guard),
        cmocka_unit_test_setup_teardown(a_full_row_scrolls_at_the_next_character_only, set_up, check_guard),
        cmocka_unit_test_setup_teardown(a_newline_after_a_full_row_scrolls_once, set_up, check_guard),
        cmocka_unit_test_setup_teardown(every_byte_but_printable_ones_and_newline_is_a_block, set_up, check_guard),
        cmocka_unit_test_setup_teardown(a_utf8_character_prints_a_block_per_byte, set_up, check_guard),
        cmocka_unit_test_setup_teardown(init_keeps_what_the_screen_shows_and_scrolls_it_on, set_up, check_guard),
        cmocka_unit_test_setup_teardown(colors_apply_to_the_text_to_come, set_up, check_guard),
        cmocka_unit_test_setup_teardown(styles_change_the_foreground_and_plain_is_what_was_set, set_up, check_guard),
        cmocka_unit_test_setup_teardown(colors_have_the_numbers_of_the_hardware, set_up, check_guard),
        cmocka_unit_test_setup_teardown(console_backspace_space_backspace_erases, set_up, check_guard),
        cmocka_unit_test_setup_teardown(console_backspace_erases_the_last_column_of_a_full_row, set_up, check_guard),
        cmocka_unit_test_setup_teardown(console_backspace_stops_at_column_0, set_up, check_guard),
        cmocka_unit_test_setup_teardown(the_cursor_follows_the_text, set_up, check_guard),
        cmocka_unit_test_setup_teardown(the_console_is_registered_as_vga, set_up, check_guard),
        cmocka_unit_test_setup_teardown(the_loaders_word_on_the_screen_decides, set_up, check_guard),
        cmocka_unit_test_setup_teardown(without_a_word_the_crt_controller_is_looked_for_and_left_as_it_was, set_up,
                                        check_guard),
    };
    return cmocka_run_group_tests_name("vga_text", tests, NULL, NULL);
}
