# SPDX-License-Identifier: MIT
"""What the scripts that type at the shell share."""

import time

from errors import GuestEnded

PROMPT = "tenorite> "
WAIT_SECONDS = 10
# UEFI firmware alone takes 4 s on an idle machine.
BOOT_SECONDS = 60


def wait_ready(vm, has_serial=True, has_screen=None):
    """Waits for the prompt on the serial line, and on the screen, by default where that is one of text."""
    if has_serial:
        vm.wait_serial(PROMPT, timeout=BOOT_SECONDS)
    if vm.settings.has_text_screen() if has_screen is None else has_screen:
        vm.wait_screen(PROMPT.rstrip())


def on_serial(vm, command):
    """Runs a command over the serial line; its answer as lines."""
    vm.send_serial(command + "\r")
    lines = vm.wait_serial("\n" + PROMPT).replace("\r", "").split("\n")
    assert lines[0] == command, f"the echo of {command!r} is {lines[0]!r}"
    return [line.rstrip() for line in lines[1:-1]]


def on_screen(vm, command):
    """Types a command on the keyboard; its answer as lines, read from video memory."""
    vm.type_keys(command + "\n")
    limit = time.monotonic() + WAIT_SECONDS
    while True:
        rows = [row.rstrip() for row in vm.screen_text()]
        if rows[-1] == PROMPT.rstrip() and PROMPT + command in rows:
            start = len(rows) - rows[::-1].index(PROMPT + command)
            return rows[start:-1]
        assert time.monotonic() < limit, "no answer on the screen:\n" + "\n".join(rows)
        time.sleep(0.05)


def end_by_keys(vm, command):
    """Types a command that ends the machine, perhaps before the keyboard has been told that Enter came up again."""
    try:
        vm.type_keys(command + "\n")
    except GuestEnded:
        pass
