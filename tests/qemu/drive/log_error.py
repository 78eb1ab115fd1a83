# SPDX-License-Identifier: MIT
"""log=error prints nothing while all goes well; an unknown level is named and changes nothing."""

from shell_support import wait_ready


def drive(vm):
    wait_ready(vm)
    assert "main: Tenorite" not in vm.serial_log, vm.serial_log
    vm.send_serial("exit 1\r")
