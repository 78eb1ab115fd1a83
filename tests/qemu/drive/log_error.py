# SPDX-License-Identifier: MIT
"""log=error prints nothing while all goes well, neither on the serial line nor on the screen."""

import re

from shell_support import wait_ready

LOG_LINE = re.compile(r"\[ *\d+\.\d+\]|main: |mm: ")


def drive(vm):
    wait_ready(vm)
    assert not LOG_LINE.search(vm.serial_log), vm.serial_log
    assert not any(map(LOG_LINE.search, vm.screen_text())), vm.screen_text()
    vm.send_serial("exit 1\r")
