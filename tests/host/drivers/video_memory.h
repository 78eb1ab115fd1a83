/* SPDX-License-Identifier: MIT */
#pragma once

#include "panic_double.h"

#include <tenorite/drivers/framebuffer.h>

/*
 * An array as video memory, filled with garbage that differs from byte to byte, with guards before and behind. What a
 * pixel shows is found out byte by byte, without the code under test.
 */
enum { VIDEO_GUARD_BYTES = 256, VIDEO_MAX_BYTES = 4 << 20 };

struct video_memory {
    struct boot_framebuffer mode;
    uint64_t seed;
    uint8_t storage[VIDEO_GUARD_BYTES + VIDEO_MAX_BYTES + VIDEO_GUARD_BYTES] __attribute__((aligned(64)));
};

/* The usual formats. */
extern const struct boot_framebuffer video_mode_15, video_mode_16, video_mode_24, video_mode_32, video_mode_rgb_30;

/* A mode of that format; lines follow each other `padding` bytes apart. */
struct boot_framebuffer video_mode(const struct boot_framebuffer *format, uint32_t width, uint32_t height,
                                   uint32_t padding);

/* New garbage everywhere, in the guards too. With seeds `s` and `~s` no byte is the same. */
void video_reset(struct video_memory *video, const struct boot_framebuffer *mode, uint64_t seed);
void *video_start(struct video_memory *video);

/* The pixel's parts of 255, rounded to the nearest. */
struct rgb video_color(const struct video_memory *video, uint32_t x, uint32_t y);
bool video_is(const struct video_memory *video, uint32_t x, uint32_t y, struct rgb color);

/* Whether all bytes of the pixel are the garbage of the last reset. */
bool video_is_untouched(const struct video_memory *video, uint32_t x, uint32_t y);

/* Fails the test if a byte that belongs to no pixel has changed since the last reset. */
void video_expect_no_other_byte_written(const struct video_memory *video);
