#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes a console font as C: make_font.py FONT OUTPUT

FONT is a PC screen font (PSF 1 or 2, plain or gzip) with a Unicode table, a width of 4 to 8 pixels, a height of 6 to 32,
and glyphs for the characters 0x20 to 0x7e and one of U+25A0, U+FFFD, U+2588, which stands for every other byte. OUTPUT
defines `console_font` of include/tenorite/drivers/font.h.

Exit status: 0 written, 1 the font cannot be used (nothing is written), 2 wrong usage.
"""

import os
import sys

import psf

MIN_WIDTH, MAX_WIDTH = 4, 8
MIN_HEIGHT, MAX_HEIGHT = 6, 32
PRINTABLE = range(0x20, 0x7F)
REPLACEMENTS = (0x25A0, 0xFFFD, 0x2588)


def chosen_glyphs(font):
    """Those of the printable characters, and the replacement's; FontError if the kernel cannot draw with this font."""
    if not (MIN_WIDTH <= font.width <= MAX_WIDTH and MIN_HEIGHT <= font.height <= MAX_HEIGHT):
        raise psf.FontError(f"glyphs of {font.width}x{font.height} pixels; the console takes {MIN_WIDTH} to {MAX_WIDTH} "
                            f"by {MIN_HEIGHT} to {MAX_HEIGHT}")
    missing = [code_point for code_point in PRINTABLE if font.glyph(code_point) is None]
    if missing:
        raise psf.FontError("no glyph for " + " ".join(f"U+{code_point:04X}" for code_point in missing))
    replacement = next((font.glyph(code_point) for code_point in REPLACEMENTS if font.glyph(code_point)), None)
    if replacement is None:
        raise psf.FontError("no glyph for unprintable bytes: none of "
                            + " ".join(f"U+{code_point:04X}" for code_point in REPLACEMENTS))
    return [font.glyph(code_point) for code_point in PRINTABLE] + [replacement]


def c_source(font, name):
    """A row's leftmost pixel becomes the highest of 8 bits."""
    lines = ["/* Made by tools/font/make_font.py from %s. */" % name.replace("*/", ""),
             "#include <tenorite/drivers/font.h>", "", "const struct font console_font = {",
             f"    .width = {font.width},", f"    .height = {font.height},", "    .glyphs = {"]
    for rows in chosen_glyphs(font):
        lines.append("        {" + ", ".join(f"0x{row << (8 - font.width):02x}" for row in rows) + "},")
    return "\n".join(lines + ["    },", "};", ""])


def main(arguments):
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    path, output = arguments
    try:
        text = c_source(psf.read(path), os.path.basename(path))
    except (OSError, psf.FontError) as error:
        print(f"make_font.py: {path}: {error}", file=sys.stderr)
        return 1
    with open(output, "w", encoding="utf-8") as file:
        file.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
