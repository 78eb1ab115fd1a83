# SPDX-License-Identifier: MIT
"""console=vga: the log, and so a panic, goes to the screen alone; the serial shell stays where it is."""

from screen_support import screen_at
from shell_support import on_serial, wait_ready


def drive(vm):
    wait_ready(vm)
    assert on_serial(vm, "echo shell") == ["shell"]
    vm.qmp("stop")  # so that gdb is there before the command is obeyed
    vm.send_serial("crash panic\r")
    rows, _ = screen_at(vm, "power_exit")
    assert "panic: asked for by the shell" in rows, rows
    vm.wait_end(10)
    assert "panic:" not in vm.serial_log, vm.serial_log
