# SPDX-License-Identifier: MIT
"""An option whose value is longer than any that means something is answered with a warning."""

from shell_support import wait_ready


def drive(vm):
    wait_ready(vm)
    assert "warning: main: the value of log= is too long" in vm.serial_log, vm.serial_log
    vm.send_serial("exit 1\r")
