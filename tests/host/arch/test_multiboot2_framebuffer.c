/* SPDX-License-Identifier: MIT */
/* What the framebuffer tag says, and which framebuffers are left out. */
#include "multiboot2_information.h"

struct screen {
    uint64_t base;
    uint32_t pitch, width, height;
    uint8_t bits, kind;
    uint8_t fields[6];
};

static const struct screen good_screen = {0xfd000000, 4096, 1024, 768, 32, 1, {16, 8, 8, 8, 0, 8}};

static enum boot_framebuffer_kind parse_screen(struct screen screen)
{
    begin();
    begin_tag(8);
    put(screen.base, 8);
    put(screen.pitch, 4);
    put(screen.width, 4);
    put(screen.height, 4);
    put(screen.bits, 1);
    put(screen.kind, 1);
    put(0, 2);
    for (size_t i = 0; i < 6; i++)
        put(screen.fields[i], 1);
    end_tag();
    begin_tag(6);
    put(24, 4);
    put(0, 4);
    put_entry(0x100000, 0x7f00000, 1);
    put_entry(0xb0000000, 0x10000000, 2);
    end_tag();
    assert_int_equal(finish(), MULTIBOOT2_OK);
    return info.framebuffer.kind;
}

static void an_rgb_framebuffer_is_described(void **state)
{
    (void)state;
    assert_int_equal(parse_screen(good_screen), BOOT_FRAMEBUFFER_RGB);
    const struct boot_framebuffer *f = &info.framebuffer;
    assert_int_equal(f->base, 0xfd000000);
    assert_int_equal(f->pitch_bytes, 4096);
    assert_int_equal(f->width, 1024);
    assert_int_equal(f->height, 768);
    assert_int_equal(f->bits_per_pixel, 32);
    assert_int_equal(f->red_shift, 16);
    assert_int_equal(f->green_shift, 8);
    assert_int_equal(f->blue_shift, 0);
    assert_int_equal(f->red_bits + f->green_bits + f->blue_bits, 24);
    struct screen high_colour = {0xb0000000, 2048, 1024, 768, 16, 1, {11, 5, 5, 6, 0, 5}};
    assert_int_equal(parse_screen(high_colour), BOOT_FRAMEBUFFER_RGB);
    assert_int_equal(info.framebuffer.green_bits, 6);
}

/* Evaluates to the kind found for good_screen with one field changed. */
#define SCREEN_WITH(field, ...)                                                                                      \
    ({                                                                                                               \
        struct screen changed = good_screen;                                                                         \
        changed.field = __VA_ARGS__;                                                                                 \
        parse_screen(changed);                                                                                       \
    })

static void a_framebuffer_that_cannot_be_right_is_left_out(void **state)
{
    (void)state;
    assert_int_equal(SCREEN_WITH(pitch, 4095), BOOT_FRAMEBUFFER_UNUSABLE);
    assert_int_equal(SCREEN_WITH(pitch, 0), BOOT_FRAMEBUFFER_UNUSABLE);
    assert_int_equal(SCREEN_WITH(width, 0), BOOT_FRAMEBUFFER_UNUSABLE);
    assert_int_equal(SCREEN_WITH(width, 0x40000400), BOOT_FRAMEBUFFER_UNUSABLE);
    assert_int_equal(SCREEN_WITH(height, 0), BOOT_FRAMEBUFFER_UNUSABLE);
    for (unsigned bits = 0; bits < 256; bits++) /* of 15 and 16, red in 16 to 23 is none */
        assert_int_equal(SCREEN_WITH(bits, (uint8_t)bits),
                         bits == 32 || bits == 24 ? BOOT_FRAMEBUFFER_RGB : BOOT_FRAMEBUFFER_UNUSABLE);
    for (unsigned kind = 3; kind < 256; kind++)
        assert_int_equal(SCREEN_WITH(kind, (uint8_t)kind), BOOT_FRAMEBUFFER_UNUSABLE);
    assert_int_equal(SCREEN_WITH(fields[0], 25), BOOT_FRAMEBUFFER_UNUSABLE);
    assert_int_equal(SCREEN_WITH(fields[3], 0), BOOT_FRAMEBUFFER_UNUSABLE);
    assert_int_equal(SCREEN_WITH(fields[5], 255), BOOT_FRAMEBUFFER_UNUSABLE);
}

static void every_pixel_size_is_taken_with_fields_that_fit(void **state)
{
    (void)state;
    struct screen small = {0xb0000000, 1600, 800, 600, 15, 1, {10, 5, 5, 5, 0, 5}};
    assert_int_equal(parse_screen(small), BOOT_FRAMEBUFFER_RGB);
    assert_int_equal(info.framebuffer.bits_per_pixel, 15);
    small.fields[0] = 11;
    assert_int_equal(parse_screen(small), BOOT_FRAMEBUFFER_UNUSABLE);
    small.bits = 16;
    assert_int_equal(parse_screen(small), BOOT_FRAMEBUFFER_RGB);
    small.pitch = 1599;
    assert_int_equal(parse_screen(small), BOOT_FRAMEBUFFER_UNUSABLE);
    struct screen packed = {0xb0000000, 2400, 800, 600, 24, 1, {0, 8, 8, 8, 16, 8}};
    assert_int_equal(parse_screen(packed), BOOT_FRAMEBUFFER_RGB);
    packed.pitch = 2399;
    assert_int_equal(parse_screen(packed), BOOT_FRAMEBUFFER_UNUSABLE);
    struct screen deep = {0xb0000000, 3200, 800, 600, 32, 1, {22, 10, 12, 10, 2, 10}};
    assert_int_equal(parse_screen(deep), BOOT_FRAMEBUFFER_RGB);
    assert_int_equal(info.framebuffer.blue_shift, 2);
}

static void a_framebuffer_in_an_impossible_place_is_left_out(void **state)
{
    (void)state;
    assert_int_equal(SCREEN_WITH(base, 0), BOOT_FRAMEBUFFER_UNUSABLE);
    assert_int_equal(SCREEN_WITH(base, 1ull << 52), BOOT_FRAMEBUFFER_UNUSABLE);
    assert_int_equal(SCREEN_WITH(base, UINT64_MAX - 0xfff), BOOT_FRAMEBUFFER_UNUSABLE);
    assert_int_equal(SCREEN_WITH(base, (1ull << 52) - 4096 * 768), BOOT_FRAMEBUFFER_RGB);
    assert_int_equal(SCREEN_WITH(base, (1ull << 52) - 4096 * 768 + 1), BOOT_FRAMEBUFFER_UNUSABLE);
    struct screen huge = good_screen;
    huge.pitch = huge.height = UINT32_MAX;
    assert_int_equal(parse_screen(huge), BOOT_FRAMEBUFFER_UNUSABLE);
    assert_int_equal(SCREEN_WITH(base, 0x8000000 - 1), BOOT_FRAMEBUFFER_UNUSABLE);
    assert_int_equal(SCREEN_WITH(base, 0x8000000), BOOT_FRAMEBUFFER_RGB);
    assert_int_equal(SCREEN_WITH(base, 0x200000), BOOT_FRAMEBUFFER_UNUSABLE);
}

static void an_ega_text_screen_is_described(void **state)
{
    (void)state;
    struct screen text = {0xb8000, 160, 80, 25, 16, 2, {0}};
    assert_int_equal(parse_screen(text), BOOT_FRAMEBUFFER_TEXT);
    assert_int_equal(info.framebuffer.width, 80);
    assert_int_equal(info.framebuffer.height, 25);
    struct screen wide_cells = {0xb8000, 320, 80, 25, 32, 2, {0}};
    assert_int_equal(parse_screen(wide_cells), BOOT_FRAMEBUFFER_UNUSABLE);
    text.pitch = 159;
    assert_int_equal(parse_screen(text), BOOT_FRAMEBUFFER_UNUSABLE);
}

static void an_indexed_framebuffer_is_left_out_whatever_its_palette_says(void **state)
{
    (void)state;
    assert_int_equal(SCREEN_WITH(kind, 0), BOOT_FRAMEBUFFER_UNUSABLE);
    struct screen palette = {0xfd000000, 1024, 1024, 768, 8, 0, {0xff, 0xff, 0xff, 0xff, 1, 2}};
    assert_int_equal(parse_screen(palette), BOOT_FRAMEBUFFER_UNUSABLE);
}

static void a_framebuffer_tag_of_any_length_is_no_error(void **state)
{
    (void)state;
    for (size_t length = 0; length <= 30; length++) {
        begin();
        begin_tag(8);
        put(0xfd000000, 8);
        put(4096, 4);
        put(1024, 4);
        put(768, 4);
        put(0x0120, 4);
        put(0x08080810, 4);
        put(0x0800, 2);
        built.length = built.tag + 8 + length;
        end_tag();
        assert_int_equal(finish(), MULTIBOOT2_OK);
        assert_int_equal(info.framebuffer.kind, length == 30 ? BOOT_FRAMEBUFFER_RGB : BOOT_FRAMEBUFFER_UNUSABLE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_rgb_framebuffer_is_described),
        cmocka_unit_test(a_framebuffer_that_cannot_be_right_is_left_out),
        cmocka_unit_test(every_pixel_size_is_taken_with_fields_that_fit),
        cmocka_unit_test(a_framebuffer_in_an_impossible_place_is_left_out),
        cmocka_unit_test(an_ega_text_screen_is_described),
        cmocka_unit_test(an_indexed_framebuffer_is_left_out_whatever_its_palette_says),
        cmocka_unit_test(a_framebuffer_tag_of_any_length_is_no_error),
    };
    return cmocka_run_group_tests_name("multiboot2_framebuffer", tests, make_guarded, NULL);
}
