/* SPDX-License-Identifier: MIT */
#pragma once

#include <tenorite/lib/compiler.h>

/* A font for consoles of pixels, as tools/font/make_font.py takes it from a PC screen font when the kernel is built. */
enum {
    FONT_MIN_HEIGHT = 6,
    FONT_MAX_WIDTH = 8,
    FONT_MAX_HEIGHT = 32,
    FONT_FIRST_CHARACTER = 0x20,
    FONT_REPLACEMENT = 0x7f, /* what stands for every byte without a glyph of its own */
    FONT_GLYPHS = FONT_REPLACEMENT - FONT_FIRST_CHARACTER + 1,
};

struct font {
    uint8_t width, height;                        /* of each glyph, in pixels */
    uint8_t glyphs[FONT_GLYPHS][FONT_MAX_HEIGHT]; /* `height` rows each, from the top; the highest bit is leftmost */
};

/* The one that the build was given (cmake/TenoriteFont.cmake). */
extern const struct font console_font;
