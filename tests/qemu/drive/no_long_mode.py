# SPDX-License-Identifier: MIT
"""On a CPU without long mode the boot code says so, on the serial line and on the screen."""

from screen_support import screen_at

MESSAGE = "Tenorite cannot start: this CPU has no 64-bit long mode."
WHITE_ON_RED = 0x4F


def drive(vm):
    rows, attributes = screen_at(vm, "*boot_failed")
    vm.wait_serial(MESSAGE + "\r\n")
    assert rows[0].startswith(MESSAGE), rows
    assert set(attributes[0][:len(MESSAGE)]) == {WHITE_ON_RED}, attributes[0]
