/* SPDX-License-Identifier: MIT */
#include "framebuffer_console_screen.h"

#include <stdio.h>

enum { BOTTOM = SCREEN_ROWS - 1 };
static const struct rgb yellow = {255, 255, 85}, black = {0, 0, 0};

static int set_up(void **state)
{
    (void)state;
    screen_start(&video_mode_32);
    return 0;
}

static int check_memory(void **state)
{
    (void)state;
    video_expect_no_other_byte_written(&video);
    return 0;
}

static void text_appears_on_the_bottom_row_in_yellow_on_black(void **state)
{
    (void)state;
    screen_write("Hello");
    screen_row_is(BOTTOM, "Hello");
    for (unsigned row = 0; row < BOTTOM; row++)
        screen_row_is(row, "");
}

static void text_looks_the_same_in_every_format(void **state)
{
    static const struct boot_framebuffer *const formats[] = {&video_mode_15, &video_mode_16, &video_mode_24,
                                                             &video_mode_rgb_30};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        screen_start(formats[i]);
        screen_write("first line\nSecond {line}");
        static const char *const rows[] = {"first line", "Second {line}"};
        for (unsigned row = 0; row < 2; row++)
            for (unsigned column = 0; column < strlen(rows[row]); column++) {
                struct shown_cell cell = screen_cell(BOTTOM - 1 + row, column);
                assert_int_equal(cell.character, rows[row][column]);
                assert_true(video_is(&video, 0, 0, black));
            }
        assert_int_equal(screen_cursor(), strlen(rows[1]));
        video_expect_no_other_byte_written(&video);
    }
}

static void two_hundred_lines_scroll_through(void **state)
{
    (void)state;
    char line[32];
    for (unsigned i = 0; i < 200; i++) {
        snprintf(line, sizeof line, "line %u\n", i);
        screen_write(line);
    }
    for (unsigned row = 0; row < BOTTOM; row++) {
        snprintf(line, sizeof line, "line %u", 200 - BOTTOM + row);
        screen_row_is(row, line);
    }
    screen_row_is(BOTTOM, "");
}

static void many_lines_in_one_write_show_like_many_writes(void **state)
{
    (void)state;
    char text[1024] = "";
    for (unsigned i = 0; i < 40; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "line %u\n", i);
    screen_write(text);
    screen_row_is(0, "line 30");
    screen_row_is(BOTTOM - 1, "line 39");
    screen_row_is(BOTTOM, "");
}

static void a_full_row_scrolls_at_the_next_character_only(void **state)
{
    (void)state;
    char row[SCREEN_COLUMNS + 1] = {0};
    memset(row, 'x', SCREEN_COLUMNS);
    screen_write(row);
    screen_row_is(BOTTOM, row);
    screen_row_is(BOTTOM - 1, "");
    assert_int_equal(screen_cursor(), SCREEN_COLUMNS - 1);
    screen_write("y");
    screen_row_is(BOTTOM - 1, row);
    screen_row_is(BOTTOM, "y");
    screen_write("\nz");
    screen_row_is(BOTTOM - 2, row);
    screen_row_is(BOTTOM - 1, "y");
}

static void every_byte_but_printable_ones_newline_and_backspace_is_the_replacement(void **state)
{
    (void)state;
    for (unsigned byte = 1; byte < 256; byte++) {
        if (byte == '\n' || byte == '\b')
            continue;
        const char text[] = {'\n', (char)byte, 0};
        screen_write(text);
        bool is_printable = byte >= 0x20 && byte <= 0x7e;
        assert_int_equal(screen_cell(BOTTOM, 0).character, is_printable ? byte : FONT_REPLACEMENT);
        assert_int_equal(screen_cell(BOTTOM, 1).character, ' ' | CURSOR_MARK);
    }
}

static void backspace_space_backspace_erases(void **state)
{
    (void)state;
    screen_write("abc\b \b");
    screen_row_is(BOTTOM, "ab");
    assert_int_equal(screen_cursor(), 2);
    screen_write("d");
    screen_row_is(BOTTOM, "abd");
    char row[SCREEN_COLUMNS + 1] = {0};
    memset(row, 'x', SCREEN_COLUMNS);
    screen_write("\n");
    screen_write(row);
    screen_write("\b \b");
    row[SCREEN_COLUMNS - 1] = '\0';
    screen_row_is(BOTTOM, row);
    screen_row_is(BOTTOM - 1, "abd");
    screen_write("\n\b\b\be");
    screen_row_is(BOTTOM, "e");
}

static void the_cursor_underlines_the_next_place_and_is_nowhere_else(void **state)
{
    (void)state;
    assert_int_equal(screen_cursor(), 0);
    screen_write("> ");
    assert_int_equal(screen_cursor(), 2);
    screen_write("\b");
    assert_int_equal(screen_cursor(), 1);
    screen_write("\n");
    assert_int_equal(screen_cursor(), 0);
    screen_write("ab\b");
    struct shown_cell cell = screen_cell(BOTTOM, 1);
    assert_int_equal(cell.character, 'b' | CURSOR_MARK);
    for (unsigned x = 8; x < 16; x++)
        for (unsigned line = 14; line < 16; line++)
            assert_true(video_is(&video, x, BOTTOM * 16 + line, yellow));
}

/* IBM's colours, written down a second time. */
static void all_colors_are_those_of_a_vga(void **state)
{
    static const uint32_t expected[16] = {0x000000, 0x0000aa, 0x00aa00, 0x00aaaa, 0xaa0000, 0xaa00aa,
                                          0xaa5500, 0xaaaaaa, 0x555555, 0x5555ff, 0x55ff55, 0x55ffff,
                                          0xff5555, 0xff55ff, 0xffff55, 0xffffff};
    (void)state;
    for (unsigned color = 0; color < 16; color++) {
        framebuffer_console_set_color(&screen, color, (enum vga_color)(15 - color));
        screen_write("\nA");
        struct shown_cell cell = screen_cell(BOTTOM, 0);
        uint32_t foreground = (uint32_t)cell.foreground.red << 16 | cell.foreground.green << 8 | cell.foreground.blue;
        uint32_t background = (uint32_t)cell.background.red << 16 | cell.background.green << 8 | cell.background.blue;
        assert_int_equal(cell.character, 'A');
        assert_int_equal(foreground, expected[color]);
        assert_int_equal(background, expected[15 - color]);
        assert_true(video_is(&video, 399, BOTTOM * 16, cell.background)); /* blanks carry the colour too */
    }
}

static void styles_differ_in_their_foreground_and_plain_is_what_was_set(void **state)
{
    static const struct {
        enum console_style style;
        struct rgb color;
    } cases[] = {{CONSOLE_DIM, {0xaa, 0x55, 0}},
                 {CONSOLE_WARNING, {0x55, 0xff, 0xff}},
                 {CONSOLE_ERROR, {0xff, 0x55, 0x55}},
                 {CONSOLE_PLAIN, {0xff, 0xff, 0x55}}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        screen.console.set_style(&screen.console, cases[i].style);
        screen_write("\nA");
        struct shown_cell cell = screen_cell(BOTTOM, 0);
        assert_int_equal(cell.character, 'A');
        assert_memory_equal(&cell.foreground, &cases[i].color, sizeof(struct rgb));
        assert_true(video_is(&video, 399, BOTTOM * 16, black));
    }
    screen.console.set_style(&screen.console, CONSOLE_ERROR);
    screen_write("\n");
    struct shown_cell cursor = screen_cell(BOTTOM, 0);
    assert_memory_equal(&cursor.foreground, &cases[3].color, sizeof(struct rgb)); /* the new row is plain */
    framebuffer_console_set_color(&screen, VGA_WHITE, VGA_BLUE);
    screen.console.set_style(&screen.console, CONSOLE_ERROR);
    screen_write("\nA");
    assert_int_equal(screen_cell(BOTTOM, 0).background.blue, 0xaa);
    screen.console.set_style(&screen.console, CONSOLE_PLAIN);
    screen_write("B");
    assert_int_equal(screen_cell(BOTTOM, 1).foreground.red, 0xff);
    assert_int_equal(screen_cell(BOTTOM, 1).foreground.blue, 0xff);
}

/* New garbage before a write: what is drawn afterwards was drawn by this write, from nothing that was there. */
static void a_write_draws_what_it_changes_and_no_more(void **state)
{
    (void)state;
    screen_write("some text");
    video_reset(&video, &screen.framebuffer.mode, 2);
    screen_write("!");
    assert_int_equal(screen_cells_drawn(), 2); /* it, and the cursor behind it */
    assert_int_equal(screen_cell(BOTTOM, 9).character, '!');
    video_reset(&video, &screen.framebuffer.mode, 3);
    screen_write("");
    assert_int_equal(screen_cells_drawn(), 0);
    screen_write("\b");
    assert_int_equal(screen_cells_drawn(), 2);
}

static void scrolling_draws_only_the_cells_that_change(void **state)
{
    (void)state;
    screen_write("same\nsame\nsome\n");
    video_reset(&video, &screen.framebuffer.mode, 4);
    screen_write("\n");
    /* "same" comes in above; below it "a" becomes "o", and then a row becomes blank. */
    assert_int_equal(screen_cells_drawn(), 4 + 1 + 4);
    assert_int_equal(screen_cell(BOTTOM - 4, 1).character, 'a');
    assert_int_equal(screen_cell(BOTTOM - 2, 1).character, 'o');
    assert_int_equal(screen_cell(BOTTOM - 1, 3).character, ' ');
}

/* The same writes on two screens whose bytes all differ: a byte is the same afterwards where it was written, and nothing
 * else may differ in which bytes those are. */
static void nothing_depends_on_what_video_memory_held(void **state)
{
    static struct video_memory first;
    static const char *const writes[] = {
        "a", "bc\n", "\b", "long line that wraps around the end of the row, and more", "\n\n\n", "x\by\n"};
    (void)state;
    for (size_t count = 0; count < COUNT_OF(writes); count++) {
        for (unsigned run = 0; run < 2; run++) {
            screen_start(&video_mode_24);
            for (size_t i = 0; i < count; i++)
                screen_write(writes[i]);
            video_reset(&video, &screen.framebuffer.mode, run == 0 ? 0x33 : ~0x33ull);
            screen_write(writes[count]);
            if (run == 0)
                first = video;
        }
        for (uint32_t y = 0; y < SCREEN_ROWS * 16; y++)
            for (uint32_t x = 0; x < SCREEN_COLUMNS * 8; x++) {
                struct rgb one = video_color(&first, x, y), two = video_color(&video, x, y);
                bool is_same = memcmp(&one, &two, sizeof one) == 0;
                bool is_kept = video_is_untouched(&first, x, y) && video_is_untouched(&video, x, y);
                assert_true(is_same != is_kept);
            }
    }
}

static void the_console_is_registered_as_framebuffer(void **state)
{
    (void)state;
    framebuffer_console_register(&screen);
    assert_ptr_equal(console_find("framebuffer"), &screen.console);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(text_appears_on_the_bottom_row_in_yellow_on_black, set_up, check_memory),
        cmocka_unit_test_setup_teardown(text_looks_the_same_in_every_format, set_up, check_memory),
        cmocka_unit_test_setup_teardown(two_hundred_lines_scroll_through, set_up, check_memory),
        cmocka_unit_test_setup_teardown(many_lines_in_one_write_show_like_many_writes, set_up, check_memory),
        cmocka_unit_test_setup_teardown(a_full_row_scrolls_at_the_next_character_only, set_up, check_memory),
        cmocka_unit_test_setup_teardown(every_byte_but_printable_ones_newline_and_backspace_is_the_replacement,
                                        set_up, check_memory),
        cmocka_unit_test_setup_teardown(backspace_space_backspace_erases, set_up, check_memory),
        cmocka_unit_test_setup_teardown(the_cursor_underlines_the_next_place_and_is_nowhere_else, set_up,
                                        check_memory),
        cmocka_unit_test_setup_teardown(all_colors_are_those_of_a_vga, set_up, check_memory),
        cmocka_unit_test_setup_teardown(styles_differ_in_their_foreground_and_plain_is_what_was_set, set_up,
                                        check_memory),
        cmocka_unit_test_setup_teardown(a_write_draws_what_it_changes_and_no_more, set_up, check_memory),
        cmocka_unit_test_setup_teardown(scrolling_draws_only_the_cells_that_change, set_up, check_memory),
        cmocka_unit_test_setup_teardown(nothing_depends_on_what_video_memory_held, set_up, check_memory),
        cmocka_unit_test_setup_teardown(the_console_is_registered_as_framebuffer, set_up, check_memory),
    };
    return cmocka_run_group_tests_name("framebuffer_console", tests, NULL, NULL);
}
