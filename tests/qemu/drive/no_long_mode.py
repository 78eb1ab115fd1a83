# SPDX-License-Identifier: MIT
"""On a CPU without long mode the boot code says so, on the serial line and on the screen."""


def drive(vm):
    vm.wait_serial("Tenorite cannot start: this CPU has no 64-bit long mode.\r\n")
