# SPDX-License-Identifier: MIT
"""Characters that mean something to a shell, to sed or to GRUB reach the kernel as they were written."""

from shell_support import wait_ready


def drive(vm):
    wait_ready(vm)
    assert "main: command line: log=debug a=1&b=2|c;d{e}$f#g\\'h" in vm.serial_log, vm.serial_log
    vm.send_serial("exit 1\r")
