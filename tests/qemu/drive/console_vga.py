# SPDX-License-Identifier: MIT
"""console=vga: the log, and so a panic, goes to the screen alone; the serial shell stays where it is."""

from shell_support import on_serial, wait_ready


def drive(vm):
    wait_ready(vm)
    assert on_serial(vm, "echo shell") == ["shell"]
    vm.send_serial("crash panic\r")
    vm.wait_end(10)
    assert "panic:" not in vm.serial_log, vm.serial_log
