# SPDX-License-Identifier: MIT
"""A megabyte of noise on the serial line, and a thousand keys: nothing hangs, and the shell answers afterwards."""

from shell_support import on_screen, wait_ready


def answers(vm, mark):
    """Whatever was typed before: after Ctrl-C the shell runs a command."""
    vm.send_serial(f"\x03echo {mark}\r")
    vm.wait_serial(f"\n{mark}\r\n", timeout=30)


def drive(vm):
    wait_ready(vm)
    noise = bytes(range(256)) * 64
    for _ in range(64):
        vm.send_serial(noise, timeout=60)
    answers(vm, "after-noise")
    for _ in range(100):
        for key in ("shift", "a", "up", "pause", "kp_5", "ctrl", "tab", "x"):
            vm.qmp("send-key", keys=[{"type": "qcode", "data": key}], **{"hold-time": 1})
    answers(vm, "after-keys")
    for modifier in ("shift", "ctrl"):  # QEMU's own queue may have lost a release
        vm.press([modifier])
    vm.press(["ctrl", "c"])
    assert on_screen(vm, "echo typed") == ["typed"]
    vm.send_serial("exit 8\r")
