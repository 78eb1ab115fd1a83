# SPDX-License-Identifier: MIT
"""With console=vga the log never was on the serial line, and dmesg shows it there. `log` shows and sets the filter."""

from shell_support import on_serial, wait_ready


def drive(vm):
    wait_ready(vm)
    assert "main: Tenorite" not in vm.serial_log, vm.serial_log
    assert any("] main: Tenorite " in line for line in on_serial(vm, "dmesg"))
    assert on_serial(vm, "log") == ["info"]
    assert on_serial(vm, "log warning,mm:debug") == []
    assert on_serial(vm, "log") == ["warning,mm:debug"]
    assert on_serial(vm, "log mm:loud") == ['log: no such level (error, warning, info, debug): "mm:loud"']
    assert on_serial(vm, "log") == ["warning,mm:debug"]
    assert on_serial(vm, "log info") == []
    assert on_serial(vm, "log") == ["info"]
    vm.send_serial("exit 1\r")
