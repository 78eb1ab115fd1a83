# SPDX-License-Identifier: MIT
"""What the display shows, in pixels: yellow letters on black, in the rows where text is, and only there."""

import os
import tempfile

from png_pixels import rows
from shell_support import on_screen, wait_ready

BLACK, YELLOW = (0, 0, 0), (0xFF, 0xFF, 0x57)
CELL_HEIGHT, TEXT_ROWS = 16, 25


def drive(vm):
    wait_ready(vm, has_serial=False)
    assert on_screen(vm, "echo pixels") == ["pixels"]
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "screen.png")
        vm.screendump(path)
        picture = rows(path)
    assert len(picture) == TEXT_ROWS * CELL_HEIGHT, len(picture)
    text = [row.rstrip() for row in vm.screen_text()]
    for row in range(TEXT_ROWS - 1):  # the cursor blinks in the last
        colours = {pixel for line in picture[row * CELL_HEIGHT:(row + 1) * CELL_HEIGHT] for pixel in line}
        if text[row] == "" or row >= TEXT_ROWS - 4:
            assert colours <= {BLACK, YELLOW}, (row, colours)
        if row >= TEXT_ROWS - 4:
            assert (YELLOW in colours) == (text[row] != ""), (row, text[row], colours)
    vm.send_serial("exit 4\r")
