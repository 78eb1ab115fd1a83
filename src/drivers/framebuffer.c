/* SPDX-License-Identifier: MIT */
#include <tenorite/drivers/framebuffer.h>

/*
 * A line of pixels is put together in a small buffer, with the bytes as they are to be in memory, and then copied out in
 * words: 24-bit pixels need no code of their own, and the bus sees no access smaller than it must.
 */
enum { MAX_PIXEL_BYTES = 4, LINE_PIXELS = 8 * FRAMEBUFFER_MAX_SCALE };

/* Each pixel is stored as four bytes: what that writes beyond a smaller one, the next overwrites, or nobody copies out. */
struct line {
    uint8_t bytes[LINE_PIXELS * MAX_PIXEL_BYTES];
    unsigned pixels;
};

typedef uint64_t __attribute__((may_alias)) video_word;

static uint32_t pixel_bytes(const struct boot_framebuffer *mode)
{
    return (mode->bits_per_pixel + 7u) / 8;
}

uint64_t framebuffer_length_bytes(const struct boot_framebuffer *mode)
{
    return (uint64_t)mode->pitch_bytes * mode->height;
}

/* Full brightness is all ones in a field of any width. */
static uint32_t field(uint8_t part, uint8_t shift, uint8_t bits)
{
    uint64_t all_ones = (1ull << bits) - 1;
    return (uint32_t)((part * all_ones + UINT8_MAX / 2) / UINT8_MAX << shift);
}

uint32_t framebuffer_pixel(const struct boot_framebuffer *mode, struct rgb color)
{
    return field(color.red, mode->red_shift, mode->red_bits) |
           field(color.green, mode->green_shift, mode->green_bits) |
           field(color.blue, mode->blue_shift, mode->blue_bits);
}

static void line_append(struct line *line, size_t bytes_each, uint32_t pixel, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        __builtin_memcpy(&line->bytes[line->pixels++ * bytes_each], &pixel, sizeof pixel);
}

static void line_from_bits(struct line *line, size_t bytes_each, const struct pixel_pattern *pattern, uint8_t bits)
{
    line->pixels = 0;
    for (unsigned i = 0; i < pattern->width; i++)
        line_append(line, bytes_each, bits >> (7 - i) & 1 ? pattern->foreground : pattern->background,
                    pattern->scale);
}

static void copy_out(volatile uint8_t *to, const uint8_t *from, size_t length)
{
    size_t at = 0;
    for (; at < length && (uintptr_t)(to + at) % sizeof(video_word) != 0; at++)
        to[at] = from[at];
    for (; length - at >= sizeof(video_word); at += sizeof(video_word)) {
        video_word word;
        __builtin_memcpy(&word, from + at, sizeof word);
        *(volatile video_word *)(to + at) = word;
    }
    for (; at < length; at++)
        to[at] = from[at];
}

static void write_line(const struct framebuffer *framebuffer, uint32_t x, uint64_t y, const struct line *line)
{
    const struct boot_framebuffer *mode = &framebuffer->mode;
    if (x >= mode->width || y >= mode->height)
        return;
    uint32_t count = line->pixels <= mode->width - x ? line->pixels : mode->width - x;
    uint32_t bytes_each = pixel_bytes(mode);
    copy_out(framebuffer->pixels + y * mode->pitch_bytes + (uint64_t)x * bytes_each, line->bytes,
             (size_t)count * bytes_each);
}

/* Most lines of a glyph are like the one above. */
void framebuffer_draw(const struct framebuffer *framebuffer, uint32_t x, uint32_t y,
                      const struct pixel_pattern *pattern)
{
    struct line line;
    uint64_t at = y;
    for (unsigned i = 0; i < pattern->height; i++) {
        uint8_t bits = pattern->lines[i];
        if (i == 0 || bits != pattern->lines[i - 1])
            line_from_bits(&line, pixel_bytes(&framebuffer->mode), pattern, bits);
        for (unsigned copy = 0; copy < pattern->scale; copy++)
            write_line(framebuffer, x, at++, &line);
    }
}

void framebuffer_fill(const struct framebuffer *framebuffer, uint32_t pixel)
{
    struct line line;
    line.pixels = 0;
    line_append(&line, pixel_bytes(&framebuffer->mode), pixel, LINE_PIXELS);
    for (uint32_t y = 0; y < framebuffer->mode.height; y++)
        for (uint32_t x = 0; x < framebuffer->mode.width; x += LINE_PIXELS)
            write_line(framebuffer, x, y, &line);
}
