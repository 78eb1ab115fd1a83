# SPDX-License-Identifier: MIT
"""`mem` and `tasks` give the same answers on the emulated keyboard and over the serial line."""

from shell_support import on_screen, on_serial, wait_ready


def without_moment(answer):
    """A task list without what differs between two moments: which of the shells runs, and so where it is."""
    return [line.split()[:-3] + line.split()[-2:-1] for line in answer[1:]]


def drive(vm):
    wait_ready(vm)
    serial, screen = on_serial(vm, "mem"), on_screen(vm, "mem")
    assert len(serial) == 2 and "frames:" in serial[0] and "heap:" in serial[1], serial
    assert serial == screen, f"{serial} is not {screen}"
    serial, screen = on_serial(vm, "tasks"), on_screen(vm, "tasks")
    assert len(serial) == 4, serial
    assert "shell on serial" in "\n".join(serial) and "shell on screen" in "\n".join(serial), serial
    assert without_moment(serial) == without_moment(screen), f"{serial} is not {screen}"
    vm.send_serial("exit 42\r")
