# SPDX-License-Identifier: MIT
"""console=framebuffer: the log, and so a panic, goes to the screen of pixels alone; the serial shell stays where it is."""

from framebuffer_text import UNREADABLE, framebuffer_text_at
from shell_support import on_serial, wait_ready


def drive(vm):
    wait_ready(vm, has_screen=False)
    assert on_serial(vm, "echo shell") == ["shell"]
    vm.qmp("stop")  # so that gdb is there before the command is obeyed
    vm.send_serial("crash panic\r")
    screen = framebuffer_text_at(vm, "power_exit")
    assert "panic: asked for by the shell" in screen.rows, screen.text
    assert UNREADABLE not in screen.text, screen.text
    vm.wait_end(10)
    assert "panic:" not in vm.serial_log and "booted by" not in vm.serial_log, vm.serial_log
