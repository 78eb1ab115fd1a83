# SPDX-License-Identifier: MIT
"""A megabyte of noise on the serial line, and a thousand keys: nothing hangs, and the shell answers afterwards."""

import time

from errors import WaitTimeout
from shell_support import on_screen, wait_ready


def answers(vm, mark):
    """Whatever was typed before, the shell runs a command. It is sent again as long as the noise before it may have
    left no room for it in the receive queue, which drops the newest."""
    for _ in range(20):
        vm.send_serial(f"\x03echo {mark}\r")
        try:
            vm.wait_serial(f"\n{mark}\r\n", timeout=3)
            return
        except WaitTimeout:
            continue
    raise AssertionError(f"no answer to echo {mark}")


def wait_until_quiet(vm):
    """QEMU hands out queued key events one by one: waits until the screen has not changed for a second."""
    shown, quiet_since, limit = None, time.monotonic(), time.monotonic() + 30
    while time.monotonic() < quiet_since + 1:
        assert time.monotonic() < limit, "the keys do not end"
        now = vm.screen_text()
        if now != shown:
            shown, quiet_since = now, time.monotonic()
        time.sleep(0.1)


def drive(vm):
    wait_ready(vm)
    noise = bytes(range(256)) * 64
    for _ in range(64):
        vm.send_serial(noise, timeout=60)
    answers(vm, "after-noise")
    for _ in range(100):
        # No modifiers: QEMU's own queue may lose a release, and then rightly everything is shifted.
        for key in ("a", "up", "pause", "kp_5", "tab", "x", "f1", "ret", "backspace", "print"):
            vm.qmp("send-key", keys=[{"type": "qcode", "data": key}], **{"hold-time": 1})
    answers(vm, "after-keys")
    wait_until_quiet(vm)
    vm.press(["ctrl", "c"])
    assert on_screen(vm, "echo typed") == ["typed"]
    vm.send_serial("exit 8\r")
