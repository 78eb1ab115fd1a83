# SPDX-License-Identifier: MIT
"""The shell on a screen of pixels: what is typed on the keyboard and answered is read off the picture, and is what the
serial line says too."""

import re

from framebuffer_text import UNREADABLE, framebuffer_text, wait_framebuffer
from shell_support import PROMPT, on_serial, wait_ready

YELLOW, BROWN, BLACK = (0xFF, 0xFF, 0x55), (0xAA, 0x55, 0), (0, 0, 0)


def at_prompt(screen):
    """The whole prompt and nothing else on the bottom row, and the cursor behind it."""
    return screen.rows[-1] == PROMPT.rstrip() and screen.cursors == [(len(screen.rows) - 1, len(PROMPT))]


def on_framebuffer(vm, command):
    """Types a command; its answer as lines."""
    vm.type_keys(command + "\n")
    screen = wait_framebuffer(vm, lambda screen: at_prompt(screen) and PROMPT + command in screen.rows)
    start = len(screen.rows) - screen.rows[::-1].index(PROMPT + command)
    return screen.rows[start:-1]


def edit_line(vm):
    vm.type_keys("echp\b")
    screen = wait_framebuffer(vm, lambda screen: screen.rows[-1] == PROMPT + "ech")
    assert screen.cursors == [(len(screen.rows) - 1, len(PROMPT) + 3)], screen.cursors
    vm.type_keys("o fixed\n")
    wait_framebuffer(vm, "\nfixed\n" + PROMPT.rstrip())


def check_colors(screen):
    """The stamps of the log are dim, all else is plain."""
    for (row, column), colors in screen.colors.items():
        is_stamp = screen.rows[row].startswith("[") and column <= screen.rows[row].index("]")
        assert colors == (BROWN if is_stamp else YELLOW, BLACK), (screen.rows[row], column, colors)


def page_table_entry(vm, address):
    """The one that maps the address, and its bit for PAT, which depends on the size of the page: found from CR3 on (SDM
    vol. 3A, 4.5 "4-Level Paging and 5-Level Paging")."""
    entry = int(re.search(r"CR3=([0-9a-f]+)", vm.registers()).group(1), 16)
    for shift in (39, 30, 21, 12):
        place = (entry & 0xffffffffff000) + (address >> shift & 0x1ff) * 8
        entry = int(vm.monitor(f"xp /1gx {place:#x}").split(":")[1], 16)
        if shift in (30, 21) and entry >> 7 & 1:
            return entry, 12
    return entry, 7


def check_write_combining(vm):
    """PAT without PCD and PWT selects entry 4, which the test write_combining looks at."""
    base = next(re.search(r"pixels, .* at 0x(\w+)$", line) for line in on_serial(vm, "hwreport") if "pixels, " in line)
    mapped = re.search(rf"^([0-9a-f]{{16}}): 0*{base.group(1)} ", vm.monitor("info tlb"), re.MULTILINE)
    entry, pat = page_table_entry(vm, int(mapped.group(1), 16))
    assert (entry >> 3 & 1, entry >> 4 & 1, entry >> pat & 1) == (0, 0, 1), hex(entry)


def drive(vm):
    wait_ready(vm, has_screen=False)
    assert re.search(r"framebuffer: \d+ x \d+ pixels of \d+ bits, \d+ x \d+ characters", vm.serial_log), vm.serial_log
    wait_framebuffer(vm, at_prompt)
    everything = "".join(map(chr, range(0x21, 0x7F)))
    assert on_framebuffer(vm, "echo " + everything) == [everything]
    assert on_framebuffer(vm, "mem") == on_serial(vm, "mem")
    edit_line(vm)
    screen = framebuffer_text(vm)
    assert UNREADABLE not in screen.text, screen.text
    check_colors(screen)
    check_write_combining(vm)
    vm.send_serial("exit 42\r")
