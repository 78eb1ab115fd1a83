# SPDX-License-Identifier: MIT
"""log=mm:debug prints the debug lines of mm and of no other module; the others stay as they are."""

import re

from shell_support import wait_ready


def drive(vm):
    wait_ready(vm)
    assert re.search(r"\] mm: memory +0 to +0x[0-9a-f]+: usable\r\n", vm.serial_log), vm.serial_log
    assert "main: command line" not in vm.serial_log, vm.serial_log
    assert "] main: Tenorite " in vm.serial_log, vm.serial_log
    vm.send_serial("exit 1\r")
