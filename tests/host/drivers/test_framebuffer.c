/* SPDX-License-Identifier: MIT */
#include "video_memory.h"

static struct video_memory video;
static struct framebuffer framebuffer;

static const struct rgb black = {0, 0, 0}, white = {255, 255, 255}, orange = {0xff, 0x80, 0x00},
                        sea = {0x11, 0x77, 0xaa};
static const struct boot_framebuffer *const formats[] = {&video_mode_15, &video_mode_16, &video_mode_24,
                                                         &video_mode_32, &video_mode_rgb_30};

static void start(const struct boot_framebuffer *format, uint32_t width, uint32_t height, uint32_t padding)
{
    struct boot_framebuffer mode = video_mode(format, width, height, padding);
    video_reset(&video, &mode, 0x5a);
    framebuffer = (struct framebuffer){mode, video_start(&video)};
}

static void colors_fill_their_fields_whatever_their_width(void **state)
{
    (void)state;
    struct boot_framebuffer mode = video_mode(&video_mode_16, 8, 8, 0);
    assert_int_equal(framebuffer_pixel(&mode, white), 0xffff);
    assert_int_equal(framebuffer_pixel(&mode, (struct rgb){255, 0, 0}), 0xf800);
    assert_int_equal(framebuffer_pixel(&mode, (struct rgb){0, 0xaa, 0}), 0x0540);
    mode = video_mode(&video_mode_15, 8, 8, 0);
    assert_int_equal(framebuffer_pixel(&mode, white), 0x7fff);
    mode = video_mode(&video_mode_32, 8, 8, 0);
    assert_int_equal(framebuffer_pixel(&mode, (struct rgb){0x12, 0x34, 0x56}), 0x123456);
    mode = video_mode(&video_mode_rgb_30, 8, 8, 0);
    assert_int_equal(framebuffer_pixel(&mode, white), 0xfffffffc);
    mode.red_shift = 0, mode.red_bits = 32, mode.green_shift = mode.blue_shift = 31,
    mode.green_bits = mode.blue_bits = 1;
    assert_int_equal(framebuffer_pixel(&mode, (struct rgb){255, 0, 0}), 0xffffffff);
    assert_int_equal(framebuffer_pixel(&mode, (struct rgb){0, 255, 0}), 0x80000000);
    mode.red_bits = 1;
    assert_int_equal(framebuffer_pixel(&mode, (struct rgb){127, 0, 0}), 0);
    assert_int_equal(framebuffer_pixel(&mode, (struct rgb){128, 0, 0}), 1);
}

/* A pattern of four lines at (x, y), `scale` times as large, and nothing else. */
static void check_pattern(uint32_t x, uint32_t y, unsigned width, unsigned scale)
{
    static const uint8_t lines[] = {0xb2, 0x01, 0x01, 0x7f};
    static const char *const picture[] = {"#.##..#.", ".......#", ".......#", ".#######"};
    const struct pixel_pattern pattern = {lines,
                                          width,
                                          COUNT_OF(lines),
                                          scale,
                                          framebuffer_pixel(&framebuffer.mode, orange),
                                          framebuffer_pixel(&framebuffer.mode, sea)};
    framebuffer_draw(&framebuffer, x, y, &pattern);
    for (uint32_t py = 0; py < framebuffer.mode.height; py++) {
        for (uint32_t px = 0; px < framebuffer.mode.width; px++) {
            bool is_inside = px >= x && px - x < width * scale && py >= y && py - y < COUNT_OF(lines) * scale;
            if (!is_inside)
                assert_true(video_is_untouched(&video, px, py));
            else
                assert_true(
                    video_is(&video, px, py, picture[(py - y) / scale][(px - x) / scale] == '#' ? orange : sea));
        }
    }
    video_expect_no_other_byte_written(&video);
}

static void a_pattern_is_drawn_in_every_format_at_every_place(void **state)
{
    (void)state;
    for (size_t format = 0; format < COUNT_OF(formats); format++)
        for (uint32_t x = 0; x < 9; x++)
            for (uint32_t padding = 0; padding < 20; padding += 7) {
                start(formats[format], 32, 7, padding);
                check_pattern(x, x % 3, 8, 1);
            }
}

static void patterns_are_magnified(void **state)
{
    (void)state;
    for (size_t format = 0; format < COUNT_OF(formats); format++)
        for (unsigned scale = 1; scale <= FRAMEBUFFER_MAX_SCALE; scale++)
            for (unsigned width = 1; width <= 8; width += 3) {
                start(formats[format], 80, 35, 2);
                check_pattern(3, 2, width, scale);
            }
}

static void what_lies_beyond_the_edges_is_left_out(void **state)
{
    (void)state;
    for (size_t format = 0; format < COUNT_OF(formats); format++) {
        start(formats[format], 20, 6, 3);
        check_pattern(17, 1, 8, 3);
        start(formats[format], 20, 6, 3);
        check_pattern(20, 0, 8, 1);
        check_pattern(23, 0, 8, 1);
        check_pattern(0, 6, 8, 1);
        check_pattern(UINT32_MAX, UINT32_MAX, 8, 8);
        check_pattern(0, UINT32_MAX, 8, 8);
    }
}

static void filling_writes_every_pixel_and_no_other_byte(void **state)
{
    (void)state;
    for (size_t format = 0; format < COUNT_OF(formats); format++)
        for (uint32_t width = 1; width < 200; width += 33) {
            start(formats[format], width, 7, 5);
            framebuffer_fill(&framebuffer, framebuffer_pixel(&framebuffer.mode, orange));
            for (uint32_t y = 0; y < 7; y++)
                for (uint32_t x = 0; x < width; x++)
                    assert_true(video_is(&video, x, y, orange));
            video_expect_no_other_byte_written(&video);
        }
}

static void pixels_outside_the_fields_are_zero(void **state)
{
    (void)state;
    start(&video_mode_32, 8, 1, 0);
    framebuffer_fill(&framebuffer, framebuffer_pixel(&framebuffer.mode, white));
    assert_int_equal(((const uint8_t *)video_start(&video))[3], 0);
    assert_true(video_is(&video, 0, 0, white));
    assert_false(video_is(&video, 0, 0, black));
}

static void the_length_is_that_of_all_lines(void **state)
{
    (void)state;
    struct boot_framebuffer mode = video_mode(&video_mode_24, 1366, 768, 6);
    assert_int_equal(framebuffer_length_bytes(&mode), (1366 * 3 + 6) * 768);
    mode.pitch_bytes = mode.height = UINT32_MAX;
    assert_true(framebuffer_length_bytes(&mode) == (uint64_t)UINT32_MAX * UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(colors_fill_their_fields_whatever_their_width),
        cmocka_unit_test(a_pattern_is_drawn_in_every_format_at_every_place),
        cmocka_unit_test(patterns_are_magnified),
        cmocka_unit_test(what_lies_beyond_the_edges_is_left_out),
        cmocka_unit_test(filling_writes_every_pixel_and_no_other_byte),
        cmocka_unit_test(pixels_outside_the_fields_are_zero),
        cmocka_unit_test(the_length_is_that_of_all_lines),
    };
    return cmocka_run_group_tests_name("framebuffer", tests, NULL, NULL);
}
