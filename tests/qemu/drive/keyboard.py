# SPDX-License-Identifier: MIT
"""The keyboard: shift, caps lock, backspace, keys without a character; and what the screen shows of it."""

import os

from shell_support import end_by_keys, on_screen, wait_ready

YELLOW_ON_BLACK = 0x0E


def drive(vm):
    wait_ready(vm, has_serial=False)
    assert on_screen(vm, "echo Mixed CASE, 1+1=2 (\"quoted\")") == ['Mixed CASE, 1+1=2 ("quoted")']
    vm.press(["caps_lock"])
    vm.type_keys("ECHO caps 1\n".swapcase().replace("CAPS", "caps"))
    vm.wait_screen("unknown command: ECHO")
    vm.press(["caps_lock"])
    vm.type_keys("echp\b")
    vm.type_keys("o fixed\n")
    vm.wait_screen("\nfixed\n")
    for key in ("up", "left", "f1", "home", "insert", "pause", "print", "menu", "alt"):
        vm.press([key])
    assert on_screen(vm, "echo still here") == ["still here"]
    vm.type_keys("crash panic")
    vm.press(["ctrl", "c"])
    assert on_screen(vm, "echo not crashed") == ["not crashed"]
    rows = vm.screen_attributes()
    assert all(attribute == YELLOW_ON_BLACK for attribute in rows[-1]), rows[-1]
    vm.screendump(os.environ.get("TENORITE_SCREENDUMP", os.devnull))
    end_by_keys(vm, "exit 7")
