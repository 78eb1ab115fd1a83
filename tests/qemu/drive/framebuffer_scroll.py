# SPDX-License-Identifier: MIT
"""A hundred lines scroll over a screen of pixels: it ends with the last of them, in order."""

from framebuffer_text import UNREADABLE, wait_framebuffer
from shell_support import wait_ready

TASKS, ROUNDS = 34, 3


def drive(vm):
    wait_ready(vm, has_screen=False)
    vm.type_keys(f"spawn {TASKS}\n")
    lines = [f"sleeper {number}: round {round_} of {ROUNDS}" for round_ in range(1, ROUNDS + 1)
             for number in range(1, TASKS + 1)]
    screen = wait_framebuffer(vm, lambda screen: lines[-1] in screen.rows, timeout=20)
    shown = [row for row in screen.rows if row != ""]
    assert len(shown) == len(screen.rows) - 1, screen.text
    assert shown == lines[-len(shown):], screen.text
    assert screen.rows[-1] == "" and screen.cursors == [(len(shown), 0)], (screen.text, screen.cursors)
    assert UNREADABLE not in screen.text, screen.text
    vm.send_serial("exit 42\r")
