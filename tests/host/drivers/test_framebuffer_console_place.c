/* SPDX-License-Identifier: MIT */
/* Which screens the console takes, and where its pixels are: nowhere, here or there, and in the middle of a panic. */
#include "../lib/single_step.h"
#include "framebuffer_console_screen.h"

#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>

enum { BOTTOM = SCREEN_ROWS - 1 };

static int set_up(void **state)
{
    (void)state;
    screen_start(&video_mode_32);
    return 0;
}

static enum framebuffer_console_error try_size(uint32_t width, uint32_t height, uint8_t font_width,
                                               uint8_t font_height)
{
    struct boot_framebuffer mode = video_mode(&video_mode_32, width, height, 0);
    return screen_try(&mode, font_width, font_height);
}

static void expect_grid(unsigned scale, unsigned columns, unsigned rows)
{
    assert_int_equal(screen.scale, scale);
    assert_int_equal(screen.columns, columns);
    assert_int_equal(screen.rows, rows);
}

static void the_font_is_magnified_until_a_row_has_at_most_240_characters(void **state)
{
    static const struct {
        uint32_t width, height;
        unsigned scale, columns, rows;
    } cases[] = {
        {640, 480, 1, 80, 30},    {1024, 768, 1, 128, 48},     {1366, 768, 1, 170, 48},   {1920, 1080, 1, 240, 67},
        {1920, 1200, 1, 240, 75}, {2560, 1440, 2, 160, 45},    {3840, 2160, 2, 240, 67},  {5120, 2880, 3, 213, 60},
        {7680, 4320, 4, 240, 67}, {1080, 1920, 1, 135, 120},   {2160, 3840, 2, 135, 120}, {1927, 1081, 1, 240, 67},
        {1928, 1081, 2, 120, 33}, {16384, 16384, 8, 240, 128}, {320, 160, 1, 40, 10},     {1024, 4000, 2, 64, 125},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(try_size(cases[i].width, cases[i].height, 8, 16), FRAMEBUFFER_CONSOLE_OK);
        expect_grid(cases[i].scale, cases[i].columns, cases[i].rows);
    }
    assert_int_equal(try_size(640, 480, 5, 8), FRAMEBUFFER_CONSOLE_OK);
    expect_grid(1, 128, 60);
    assert_int_equal(try_size(16384, 16384, 4, 6), FRAMEBUFFER_CONSOLE_OK); /* the rest of the screen stays empty */
    expect_grid(8, 240, 135);
}

static void screens_that_are_too_small_or_too_large_are_refused(void **state)
{
    (void)state;
    assert_int_equal(try_size(319, 160, 8, 16), FRAMEBUFFER_CONSOLE_TOO_SMALL);
    assert_int_equal(try_size(320, 159, 8, 16), FRAMEBUFFER_CONSOLE_TOO_SMALL);
    assert_int_equal(try_size(1, 1, 8, 16), FRAMEBUFFER_CONSOLE_TOO_SMALL);
    assert_int_equal(try_size(16385, 768, 8, 16), FRAMEBUFFER_CONSOLE_TOO_LARGE);
    assert_int_equal(try_size(1024, 16385, 8, 16), FRAMEBUFFER_CONSOLE_TOO_LARGE);
    assert_int_equal(try_size(UINT32_MAX / 4, 1, 8, 16), FRAMEBUFFER_CONSOLE_TOO_LARGE);
    struct boot_framebuffer mode = video_mode(&video_mode_32, 1024, 768, 0);
    mode.pitch_bytes = 262144;
    assert_int_equal(screen_try(&mode, 8, 16), FRAMEBUFFER_CONSOLE_OK);
    mode.pitch_bytes++;
    assert_int_equal(screen_try(&mode, 8, 16), FRAMEBUFFER_CONSOLE_TOO_LARGE);
}

static void other_kinds_of_screen_are_refused(void **state)
{
    static const enum boot_framebuffer_kind kinds[] = {BOOT_FRAMEBUFFER_NONE, BOOT_FRAMEBUFFER_TEXT,
                                                       BOOT_FRAMEBUFFER_UNUSABLE};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct boot_framebuffer mode = video_mode(&video_mode_32, 1024, 768, 0);
        mode.kind = kinds[i];
        assert_int_equal(screen_try(&mode, 8, 16), FRAMEBUFFER_CONSOLE_NO_PIXELS);
    }
    for (int error = FRAMEBUFFER_CONSOLE_OK; error <= FRAMEBUFFER_CONSOLE_TOO_LARGE; error++)
        assert_true(strlen(framebuffer_console_error_text((enum framebuffer_console_error)error)) > 0);
}

/* A screen with a margin on the right and below, and letters four times as large. */
static void magnified_text_leaves_the_margins_black(void **state)
{
    (void)state;
    struct boot_framebuffer mode = video_mode(&video_mode_16, 1007, 333, 4);
    video_reset(&video, &mode, 7);
    assert_int_equal(screen_try(&mode, 8, 16), FRAMEBUFFER_CONSOLE_OK);
    screen.scale = 2, screen.columns = 62, screen.rows = 10; /* as on a wider screen than there is memory for here */
    framebuffer_console_show_at(&screen, video_start(&video));
    screen_write("Large letters\nwith a cursor");
    assert_int_equal(screen_cell(8, 0).character, 'L');
    assert_int_equal(screen_cell(9, 12).character, 'r');
    assert_int_equal(screen_cursor(), 13);
    for (uint32_t y = 0; y < 333; y++)
        for (uint32_t x = y < 320 ? 992 : 0; x < 1007; x++)
            assert_true(video_is(&video, x, y, (struct rgb){0, 0, 0}));
    video_expect_no_other_byte_written(&video);
}

static void text_written_before_there_are_pixels_is_shown_with_them(void **state)
{
    (void)state;
    struct boot_framebuffer mode = video_mode(&video_mode_32, 400, 176, 0);
    video_reset(&video, &mode, 9);
    assert_int_equal(screen_try(&mode, 8, 16), FRAMEBUFFER_CONSOLE_OK);
    screen_write("first\nsecond");
    assert_int_equal(screen_cells_drawn(), 0);
    framebuffer_console_show_at(&screen, video_start(&video));
    screen_row_is(BOTTOM - 1, "first");
    screen_row_is(BOTTOM, "second");
    for (unsigned row = 0; row < BOTTOM - 1; row++)
        screen_row_is(row, "");
    assert_int_equal(screen_cursor(), 6);
}

/* The same screen at two addresses, as two address spaces show it: here it is two arrays, to see which was written. */
static struct video_memory other;

static void pixels_move_at_the_switch_and_at_no_other_moment(void **state)
{
    (void)state;
    struct boot_framebuffer mode = screen.framebuffer.mode;
    video_reset(&other, &mode, 11);
    paging_double.root = phys_addr_new(0x1000);
    screen_write("before ");
    framebuffer_console_move(&screen, phys_addr_new(0x2000), video_start(&other));
    screen_write("still before");
    screen_row_is(BOTTOM, "before still before");
    for (uint32_t x = 0; x < mode.width; x++)
        assert_true(video_is_untouched(&other, x, BOTTOM * 16 + 8));
    paging_double.root = phys_addr_new(0x2000);
    video_reset(&video, &mode, 12);
    screen_write("!");
    assert_int_equal(screen_cells_drawn(), 0);
    video = other;
    assert_int_equal(screen_cells_drawn(), 2);
    assert_int_equal(screen_cell(BOTTOM, 19).character, '!');
    framebuffer_console_show_at(&screen, video_start(&video)); /* `other` was copied: the test's own move */
    paging_double.root = phys_addr_new(0x3000);
    screen_write("?");
    assert_int_equal(screen_cell(BOTTOM, 20).character, '?');
}

static void a_screen_that_is_nowhere_at_first_appears_whole_after_the_switch(void **state)
{
    (void)state;
    struct boot_framebuffer mode = video_mode(&video_mode_32, 400, 176, 8);
    video_reset(&video, &mode, 13);
    assert_int_equal(screen_try(&mode, 8, 16), FRAMEBUFFER_CONSOLE_OK);
    screen_write("above 4 GiB\n");
    framebuffer_console_move(&screen, phys_addr_new(0x2000), video_start(&video));
    screen_write("unseen\n");
    assert_int_equal(screen_cells_drawn(), 0);
    paging_double.root = phys_addr_new(0x2000);
    screen_write("seen");
    screen_row_is(BOTTOM - 2, "above 4 GiB");
    screen_row_is(BOTTOM - 1, "unseen");
    screen_row_is(BOTTOM, "seen");
    screen_row_is(0, "");
    video_expect_no_other_byte_written(&video);
}

static void pixels_that_are_nowhere_after_the_switch_are_not_drawn(void **state)
{
    (void)state;
    framebuffer_console_move(&screen, phys_addr_new(0x2000), NULL);
    paging_double.root = phys_addr_new(0x2000);
    video_reset(&video, &screen.framebuffer.mode, 14);
    screen_write("lost\nfor ever\n");
    assert_int_equal(screen_cells_drawn(), 0);
}

/* Where a panic at this instruction would draw, if the page tables are as they are: never anywhere but here or there. */
static volatile void *here, *there;
static unsigned astray;

static void look_where_a_panic_would_draw(unsigned step)
{
    (void)step;
    bool has_switched = screen.is_moving && paging_double.root.value == screen.next_root.value;
    volatile void *place = has_switched ? screen.next_pixels : screen.framebuffer.pixels;
    astray += place != (paging_double.root.value == 0x2000 ? there : here);
}

static void the_place_is_right_at_every_instruction_of_a_move(void **state)
{
    (void)state;
    struct boot_framebuffer mode = screen.framebuffer.mode;
    video_reset(&other, &mode, 17);
    here = screen.framebuffer.pixels, there = video_start(&other), astray = 0;
    paging_double.root = phys_addr_new(0x1000);
    screen.next_root = phys_addr_new(0x1000); /* as after an earlier move, to where it is now */
    screen.next_pixels = NULL;
    single_step_begin(look_where_a_panic_would_draw);
    framebuffer_console_move(&screen, phys_addr_new(0x2000), there);
    single_step_end();
    assert_in_range(single_step_count, 5, 1000);
    paging_double.root = phys_addr_new(0x2000);
    single_step_begin(look_where_a_panic_would_draw);
    screen_write("!");
    single_step_end();
    assert_int_equal(astray, 0);
    assert_ptr_equal(screen.framebuffer.pixels, there);
}

static void pixels_that_come_back_show_all_of_the_text_in_its_colors(void **state)
{
    (void)state;
    struct boot_framebuffer mode = screen.framebuffer.mode;
    screen_write("above\nbelow");
    framebuffer_console_set_color(&screen, VGA_YELLOW, VGA_BLUE);
    framebuffer_console_move(&screen, phys_addr_new(0x2000), NULL);
    paging_double.root = phys_addr_new(0x2000);
    screen_write("!");
    video_reset(&video, &mode, 15);
    framebuffer_console_show_at(&screen, video_start(&video));
    screen_row_is(BOTTOM - 1, "above");
    screen_row_is(0, "");
    assert_int_equal(screen_cell(BOTTOM, 4).character, 'w');
    assert_int_equal(screen_cell(BOTTOM, 5).character, '!');
}

static void what_is_empty_has_the_background_that_was_set(void **state)
{
    (void)state;
    struct boot_framebuffer mode = video_mode(&video_mode_32, 407, 176, 0);
    video_reset(&video, &mode, 16);
    assert_int_equal(screen_try(&mode, 8, 16), FRAMEBUFFER_CONSOLE_OK);
    framebuffer_console_set_color(&screen, VGA_WHITE, VGA_BLUE);
    framebuffer_console_show_at(&screen, video_start(&video));
    assert_true(video_is(&video, 406, 0, (struct rgb){0, 0, 0xaa}));
}

/*
 * A panic that strikes while pixels are written and does not return: a part of video memory cannot be written, the signal
 * handler jumps out of the middle of the drawing.
 */
static jmp_buf out_of_the_write;

static void jump_out(int number)
{
    (void)number;
    siglongjmp(out_of_the_write, 1);
}

static void interrupt_at(char *pixels, size_t offset, const char *text)
{
    struct sigaction action = {.sa_handler = jump_out, .sa_flags = SA_NODEFER}, before;
    sigaction(SIGSEGV, &action, &before);
    assert_int_equal(mprotect(pixels + offset, 4096, PROT_NONE), 0);
    if (sigsetjmp(out_of_the_write, 1) == 0) {
        screen_write(text);
        fail_msg("nothing was drawn at %zu", offset);
    }
    assert_int_equal(mprotect(pixels + offset, 4096, PROT_READ | PROT_WRITE), 0);
    sigaction(SIGSEGV, &before, NULL);
}

/* Full rows of letters scroll by one, are interrupted, and the panic writes behind them. */
static void check_interrupted_at(char *pixels, size_t offset, const char *message)
{
    char line[SCREEN_COLUMNS + 1] = "";
    video_reset(&video, &screen.framebuffer.mode, 0);
    assert_int_equal(screen_try(&video.mode, 8, 16), FRAMEBUFFER_CONSOLE_OK);
    framebuffer_console_show_at(&screen, pixels);
    for (unsigned i = 0; i < SCREEN_ROWS; i++) {
        memset(line, 'a' + (int)i, SCREEN_COLUMNS);
        screen_write(line);
    }
    interrupt_at(pixels, offset, "\nmore\n");
    screen_write(message);
    memcpy(video_start(&video), pixels, framebuffer_length_bytes(&video.mode));
    bool has_scrolled = message[0] == '\n';
    for (unsigned row = 0; row < SCREEN_ROWS - (has_scrolled ? 3u : 2u); row++) {
        memset(line, 'a' + (int)row + (has_scrolled ? 3 : 2), SCREEN_COLUMNS);
        screen_row_is(row, line);
    }
    screen_row_is(BOTTOM - (has_scrolled ? 2 : 1), "more");
    screen_row_is(BOTTOM, message + has_scrolled);
}

static void a_panic_in_the_middle_of_drawing_prints_and_repairs(void **state)
{
    (void)state;
    screen.framebuffer.mode = video_mode(&video_mode_32, 400, 176, 0);
    size_t length = framebuffer_length_bytes(&screen.framebuffer.mode), rounded = (length + 4095) / 4096 * 4096;
    char *pixels = mmap(NULL, rounded, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(pixels, MAP_FAILED);
    for (size_t offset = 4096; offset + 8192 < length; offset += 3 * 4096) {
        check_interrupted_at(pixels, offset, "panic: struck");
        check_interrupted_at(pixels, offset, "\npanic: struck");
    }
    munmap(pixels, rounded);
}

/* The panic scrolls the cell that was half drawn back to what it showed before. */
static void a_panic_draws_a_half_drawn_cell_anew_though_it_looks_as_before(void **state)
{
    (void)state;
    char line[SCREEN_COLUMNS + 1] = "";
    struct boot_framebuffer mode = screen.framebuffer.mode;
    size_t length = framebuffer_length_bytes(&mode), rounded = (length + 4095) / 4096 * 4096;
    char *pixels = mmap(NULL, rounded, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(pixels, MAP_FAILED);
    assert_int_equal(screen_try(&mode, 8, 16), FRAMEBUFFER_CONSOLE_OK);
    framebuffer_console_show_at(&screen, pixels);
    for (unsigned i = 0; i < SCREEN_ROWS; i++) {
        memset(line, i % 2 ? 'x' : 'o', SCREEN_COLUMNS);
        screen_write(line);
    }
    interrupt_at(pixels, 5 * 4096L, "\n");
    screen_write("\npanic: struck");
    memcpy(video_start(&video), pixels, length);
    for (unsigned row = 0; row < BOTTOM - 1; row++) {
        memset(line, row % 2 ? 'x' : 'o', SCREEN_COLUMNS);
        screen_row_is(row, line);
    }
    munmap(pixels, rounded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_font_is_magnified_until_a_row_has_at_most_240_characters, set_up),
        cmocka_unit_test_setup(screens_that_are_too_small_or_too_large_are_refused, set_up),
        cmocka_unit_test_setup(other_kinds_of_screen_are_refused, set_up),
        cmocka_unit_test_setup(magnified_text_leaves_the_margins_black, set_up),
        cmocka_unit_test_setup(text_written_before_there_are_pixels_is_shown_with_them, set_up),
        cmocka_unit_test_setup(pixels_move_at_the_switch_and_at_no_other_moment, set_up),
        cmocka_unit_test_setup(a_screen_that_is_nowhere_at_first_appears_whole_after_the_switch, set_up),
        cmocka_unit_test_setup(pixels_that_are_nowhere_after_the_switch_are_not_drawn, set_up),
        cmocka_unit_test_setup(the_place_is_right_at_every_instruction_of_a_move, set_up),
        cmocka_unit_test_setup(pixels_that_come_back_show_all_of_the_text_in_its_colors, set_up),
        cmocka_unit_test_setup(what_is_empty_has_the_background_that_was_set, set_up),
        cmocka_unit_test_setup(a_panic_in_the_middle_of_drawing_prints_and_repairs, set_up),
        cmocka_unit_test_setup(a_panic_draws_a_half_drawn_cell_anew_though_it_looks_as_before, set_up),
    };
    return cmocka_run_group_tests_name("framebuffer_console_place", tests, NULL, NULL);
}
