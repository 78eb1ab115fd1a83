# SPDX-License-Identifier: MIT
"""log=debug prints what is normally left out."""

from shell_support import wait_ready


def drive(vm):
    wait_ready(vm)
    assert "main: command line: log=debug" in vm.serial_log, vm.serial_log
    vm.send_serial("exit 1\r")
