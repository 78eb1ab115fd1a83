# SPDX-License-Identifier: MIT
"""Reads the text off a picture of the screen: each cell is compared with every glyph of the font. The kernel's own drawing
is not asked; of the font only the file is used, which the environment's TENORITE_FONT names."""

import os
import sys
import tempfile
import time
from pathlib import Path

from errors import WaitTimeout

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tools" / "font"))
import psf  # noqa: E402

DEFAULT_FONT = "/usr/share/consolefonts/spleen-8x16.psfu.gz"
CURSOR_LINES = 2
# What a cell shows that is no glyph in two colours.
UNREADABLE = "\0"
WAIT_SECONDS = 10
POLL_SECONDS = 0.1


class Picture:
    """A PPM file as QEMU's screendump writes it: `lines` of bytes, three a pixel."""

    def __init__(self, path):
        with open(path, "rb") as file:
            kind, size, depth, data = file.read().split(b"\n", 3)
        assert (kind, depth) == (b"P6", b"255"), (kind, depth)
        self.width, self.height = map(int, size.split())
        stride = self.width * 3
        assert len(data) == stride * self.height, (self.width, self.height, len(data))
        self.lines = [data[at:at + stride] for at in range(0, len(data), stride)]


class FramebufferText:
    """`rows`: the text, without the spaces at the ends; `cursors`: (row, column) of each; `colors`: (foreground,
    background) of a cell by (row, column), for those that are not blank."""

    def __init__(self, picture, scale=1):
        self.font = psf.read(os.environ.get("TENORITE_FONT") or DEFAULT_FONT)
        self.scale = scale
        self.characters = self._known_cells()
        self.cursors, self.colors, self.rows = [], {}, []
        self.column_count = picture.width // (self.font.width * scale)
        height = self.font.height * scale
        for row in range(picture.height // height):
            lines = picture.lines[row * height:(row + 1) * height]
            self.rows.append("".join(self._read(lines, row, column) for column in range(self.column_count)).rstrip())

    @property
    def text(self):
        return "\n".join(self.rows)

    def _known_cells(self):
        """(character, whether the cursor is there) by the bits of the cell's lines."""
        known = {}
        full = (1 << self.font.width) - 1
        for code_point in list(range(0x20, 0x7F)) + [0xFFFD]:
            glyph = self.font.glyph(code_point)
            known.setdefault(tuple(glyph), (chr(code_point), False))
            known.setdefault((*glyph[:-CURSOR_LINES], *[full] * CURSOR_LINES), (chr(code_point), True))
        return known

    def _read(self, lines, row, column):
        width = self.font.width * self.scale * 3
        cell = [line[column * width:(column + 1) * width] for line in lines]
        if all(line == cell[0][:3] * (width // 3) for line in cell):
            return " "
        pixels = [[line[at:at + 3] for at in range(0, width, 3)] for line in cell]
        colors = sorted({pixel for line in pixels for pixel in line})
        if len(colors) != 2 or not self._is_magnified(pixels):
            return UNREADABLE
        for foreground, background in (colors[::-1], colors):
            bits = tuple(int("".join("01"[pixel == foreground] for pixel in line[::self.scale]), 2)
                         for line in pixels[::self.scale])
            if bits in self.characters:
                character, is_cursor = self.characters[bits]
                self.colors[row, column] = tuple(foreground), tuple(background)
                if is_cursor:
                    self.cursors.append((row, column))
                return character
        return UNREADABLE

    def _is_magnified(self, pixels):
        """Whether each pixel of the font is one square."""
        scale = self.scale
        return all(line == pixels[y - y % scale] and all(line[x] == line[x - x % scale] for x in range(len(line)))
                   for y, line in enumerate(pixels))


def framebuffer_text(vm, scale=1):
    """What the screen shows now."""
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "screen.ppm")
        vm.qmp("screendump", filename=path)
        return FramebufferText(Picture(path), scale)


def wait_framebuffer(vm, is_wanted, timeout=WAIT_SECONDS, scale=1):
    """Waits until the screen shows a text, or what a function of FramebufferText wants; returns the FramebufferText."""
    wants = is_wanted if callable(is_wanted) else lambda screen: is_wanted in screen.text
    limit = time.monotonic() + timeout
    while True:
        screen = framebuffer_text(vm, scale)
        if wants(screen):
            return screen
        if time.monotonic() >= limit:
            raise WaitTimeout(f"not on the screen within {timeout} s: {is_wanted!r}; it shows:\n{screen.text.strip()}")
        time.sleep(POLL_SECONDS)


def framebuffer_text_at(vm, place, before=(), scale=1):
    """Lets gdb stop the guest at `place`; what the screen shows there, also in the machine's last moment. `before` are
    gdb commands to run first. The guest runs on."""
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "screen.ppm")
        vm.gdb([*before, f"hbreak {place}", "continue", f"monitor screendump {path}"], symbols=vm.settings.kernel)
        return FramebufferText(Picture(path), scale)
