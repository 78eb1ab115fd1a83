# SPDX-License-Identifier: MIT
"""Without a serial port the keyboard and the screen still work."""

from shell_support import end_by_keys, on_screen, wait_ready


def drive(vm):
    wait_ready(vm, has_serial=False)
    assert on_screen(vm, "echo typed") == ["typed"]
    tasks = on_screen(vm, "tasks")
    assert "shell on screen" in "\n".join(tasks) and "shell on serial" not in "\n".join(tasks), tasks
    assert vm.serial_log == "", vm.serial_log
    end_by_keys(vm, "exit 5")
