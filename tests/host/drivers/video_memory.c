/* SPDX-License-Identifier: MIT */
#include "video_memory.h"

const struct boot_framebuffer video_mode_15 = {.bits_per_pixel = 15,
                                               .red_shift = 10,
                                               .red_bits = 5,
                                               .green_shift = 5,
                                               .green_bits = 5,
                                               .blue_shift = 0,
                                               .blue_bits = 5};
const struct boot_framebuffer video_mode_16 = {.bits_per_pixel = 16,
                                               .red_shift = 11,
                                               .red_bits = 5,
                                               .green_shift = 5,
                                               .green_bits = 6,
                                               .blue_shift = 0,
                                               .blue_bits = 5};
const struct boot_framebuffer video_mode_24 = {.bits_per_pixel = 24,
                                               .red_shift = 16,
                                               .red_bits = 8,
                                               .green_shift = 8,
                                               .green_bits = 8,
                                               .blue_shift = 0,
                                               .blue_bits = 8};
const struct boot_framebuffer video_mode_32 = {.bits_per_pixel = 32,
                                               .red_shift = 16,
                                               .red_bits = 8,
                                               .green_shift = 8,
                                               .green_bits = 8,
                                               .blue_shift = 0,
                                               .blue_bits = 8};
const struct boot_framebuffer video_mode_rgb_30 = {.bits_per_pixel = 32,
                                                   .red_shift = 2,
                                                   .red_bits = 10,
                                                   .green_shift = 12,
                                                   .green_bits = 10,
                                                   .blue_shift = 22,
                                                   .blue_bits = 10};

static unsigned pixel_bytes(const struct boot_framebuffer *mode)
{
    return mode->bits_per_pixel == 15 ? 2 : mode->bits_per_pixel / 8u;
}

struct boot_framebuffer video_mode(const struct boot_framebuffer *format, uint32_t width, uint32_t height,
                                   uint32_t padding)
{
    struct boot_framebuffer mode = *format;
    mode.kind = BOOT_FRAMEBUFFER_RGB;
    mode.base = 0xfd000000;
    mode.width = width;
    mode.height = height;
    mode.pitch_bytes = width * pixel_bytes(&mode) + padding;
    return mode;
}

/* With both guards. */
static size_t used_bytes(const struct video_memory *video)
{
    return (size_t)video->mode.pitch_bytes * video->mode.height + 2u * VIDEO_GUARD_BYTES;
}

static uint8_t garbage(const struct video_memory *video, size_t index)
{
    return (uint8_t)((index * 0x9e3779b97f4a7c15u >> 56) ^ video->seed);
}

void video_reset(struct video_memory *video, const struct boot_framebuffer *mode, uint64_t seed)
{
    assert_true((uint64_t)mode->pitch_bytes * mode->height <= VIDEO_MAX_BYTES);
    video->mode = *mode;
    video->seed = seed;
    for (size_t i = 0; i < used_bytes(video); i++)
        video->storage[i] = garbage(video, i);
}

void *video_start(struct video_memory *video)
{
    return video->storage + VIDEO_GUARD_BYTES;
}

static size_t index_of(const struct video_memory *video, uint32_t x, uint32_t y)
{
    assert_true(x < video->mode.width && y < video->mode.height);
    return VIDEO_GUARD_BYTES + (size_t)y * video->mode.pitch_bytes + (size_t)x * pixel_bytes(&video->mode);
}

static uint8_t part(uint32_t pixel, unsigned shift, unsigned bits)
{
    double value = pixel / (double)(1ull << shift);
    uint64_t whole = (uint64_t)value % (1ull << bits);
    return (uint8_t)((double)whole * 255 / (double)((1ull << bits) - 1) + 0.5);
}

struct rgb video_color(const struct video_memory *video, uint32_t x, uint32_t y)
{
    const struct boot_framebuffer *mode = &video->mode;
    uint32_t pixel = 0;
    for (unsigned i = pixel_bytes(mode); i-- > 0;)
        pixel = pixel * 256 + video->storage[index_of(video, x, y) + i];
    return (struct rgb){part(pixel, mode->red_shift, mode->red_bits),
                        part(pixel, mode->green_shift, mode->green_bits),
                        part(pixel, mode->blue_shift, mode->blue_bits)};
}

static bool is_near(uint8_t left, uint8_t right, unsigned bits)
{
    int tolerance = bits >= 8 ? 0 : 255 / ((1 << bits) - 1) / 2 + 1;
    return left - right <= tolerance && right - left <= tolerance;
}

bool video_is(const struct video_memory *video, uint32_t x, uint32_t y, struct rgb color)
{
    struct rgb shown = video_color(video, x, y);
    return is_near(shown.red, color.red, video->mode.red_bits) &&
           is_near(shown.green, color.green, video->mode.green_bits) &&
           is_near(shown.blue, color.blue, video->mode.blue_bits);
}

bool video_is_untouched(const struct video_memory *video, uint32_t x, uint32_t y)
{
    size_t index = index_of(video, x, y);
    for (unsigned i = 0; i < pixel_bytes(&video->mode); i++)
        if (video->storage[index + i] != garbage(video, index + i))
            return false;
    return true;
}

void video_expect_no_other_byte_written(const struct video_memory *video)
{
    size_t line_bytes = (size_t)video->mode.width * pixel_bytes(&video->mode);
    for (size_t i = 0; i < used_bytes(video); i++) {
        size_t at = i - VIDEO_GUARD_BYTES;
        bool is_line = i >= VIDEO_GUARD_BYTES && at / video->mode.pitch_bytes < video->mode.height;
        if (is_line && at % video->mode.pitch_bytes < line_bytes)
            continue;
        if (video->storage[i] != garbage(video, i))
            fail_msg("byte %zu of %zu was written", at, (size_t)video->mode.pitch_bytes * video->mode.height);
    }
}
