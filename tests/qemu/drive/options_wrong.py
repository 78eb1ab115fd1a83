# SPDX-License-Identifier: MIT
"""Options with values that mean nothing are answered with a warning, and the kernel goes on."""

from shell_support import wait_ready


def drive(vm):
    wait_ready(vm)
    assert 'main: log= is ignored: no such level (error, warning, info, debug): "loud"' in vm.serial_log, vm.serial_log
    assert "console=teletype names a console" in vm.serial_log, vm.serial_log
    vm.send_serial("exit 1\r")
