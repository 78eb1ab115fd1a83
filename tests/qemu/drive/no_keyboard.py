# SPDX-License-Identifier: MIT
"""Without a keyboard controller, or without a screen, the serial line still works."""

from shell_support import on_serial, wait_ready


def drive(vm):
    wait_ready(vm, has_screen=False)
    assert on_serial(vm, "echo typed") == ["typed"]
    tasks = on_serial(vm, "tasks")
    assert "shell on serial" in "\n".join(tasks) and "shell on screen" not in "\n".join(tasks), tasks
    vm.send_serial("exit 6\r")
