/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/arch/boot_info.h>

/*
 * Drawing pixels, in the format that the boot loader described. Video memory is only ever written, in 64-bit words where
 * they are aligned: reading it is slow, and through some adapters impossible. What lies beyond the right or bottom edge is
 * left out. Any context, no lock.
 */
struct framebuffer {
    struct boot_framebuffer mode; /* of kind RGB */
    volatile uint8_t *pixels;     /* where they are mapped, aligned to 8 bytes if they are so physically */
};

/* Parts of 255. */
struct rgb {
    uint8_t red, green, blue;
};

/* Lines of pixels of two colours, magnified. */
struct pixel_pattern {
    const uint8_t *lines;   /* `height` of them, from the top; the highest bit is the leftmost pixel, 1: foreground */
    unsigned width, height; /* width: how many bits count, 1 to 8 */
    unsigned scale;         /* how many pixels each becomes, in both directions, 1 to FRAMEBUFFER_MAX_SCALE */
    uint32_t foreground, background;
};
enum { FRAMEBUFFER_MAX_SCALE = 8 };

/* How many bytes of memory the pixels span, from the first to behind the last line. */
uint64_t framebuffer_length_bytes(const struct boot_framebuffer *mode);

/* The pixel that comes closest to `color`; bits outside the three fields are 0. */
uint32_t framebuffer_pixel(const struct boot_framebuffer *mode, struct rgb color);

/* Writes the pattern with its upper left corner at x, y: width * scale pixels in each of height * scale lines. */
void framebuffer_draw(const struct framebuffer *framebuffer, uint32_t x, uint32_t y,
                      const struct pixel_pattern *pattern);

/* Gives every pixel one value. */
void framebuffer_fill(const struct framebuffer *framebuffer, uint32_t pixel);
