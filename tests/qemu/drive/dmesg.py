# SPDX-License-Identifier: MIT
"""dmesg shows the log again, on the terminal that asks, as it was printed: also what has scrolled off the screen."""

import re

from shell_support import on_screen, on_serial, wait_ready

LOG_LINE = re.compile(r"\[ *\d+\.\d{6}\] .*")


def scroll_away(vm, line):
    for _ in range(10):
        on_screen(vm, "help")
        if not any(row.startswith(line) for row in vm.screen_text()):
            return
    raise AssertionError(f"{line} does not go away")


def drive(vm):
    wait_ready(vm)
    printed = LOG_LINE.findall(vm.serial_log.replace("\r", ""))
    warnings = [line for line in printed if "] warning: " in line]
    assert len(printed) >= 3 and len(warnings) == 1, printed
    for _ in range(2):
        assert on_serial(vm, "dmesg") == printed
    assert on_serial(vm, "dmesg warning") == warnings
    assert on_serial(vm, "dmesg error") == []
    assert on_serial(vm, "dmesg loud") == ['dmesg: no such level (error, warning, info, debug): "loud"']
    scroll_away(vm, printed[0][:70])
    answer = "".join(on_screen(vm, "dmesg"))  # long lines wrap
    assert answer == "".join(printed), answer
    vm.send_serial("exit 1\r")
