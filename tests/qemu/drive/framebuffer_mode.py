# SPDX-License-Identifier: MIT
"""The mode in the environment's FRAMEBUFFER_MODE is what the kernel finds, and its text can be read there, with each pixel
of the font as a square of FRAMEBUFFER_SCALE pixels."""

import os

from framebuffer_text import UNREADABLE, wait_framebuffer
from shell_support import PROMPT

YELLOW, BROWN, BLACK = (0xFF, 0xFF, 0x55), (0xAA, 0x55, 0), (0, 0, 0)
TOLERANCE = 8  # fields of 5 bits


def drive(vm):
    width, height, bits = map(int, os.environ["FRAMEBUFFER_MODE"].split("x"))
    scale = int(os.environ["FRAMEBUFFER_SCALE"])
    vm.wait_serial(PROMPT)
    screen = wait_framebuffer(vm, lambda screen: screen.rows[-1] == PROMPT.rstrip(), scale=scale)
    size = f"{width} x {height} pixels of {bits} bits, {screen.column_count} x {len(screen.rows)} characters"
    assert f"framebuffer: {size}\n" in screen.text and f"framebuffer: {size}\r\n" in vm.serial_log, screen.text
    assert screen.cursors == [(len(screen.rows) - 1, len(PROMPT))], screen.cursors
    assert UNREADABLE not in screen.text, screen.text
    for foreground, background in screen.colors.values():
        assert background == BLACK, background
        assert any(all(abs(a - b) < TOLERANCE for a, b in zip(foreground, known)) for known in (YELLOW, BROWN)), foreground
    vm.send_serial("exit 42\r")
