# SPDX-License-Identifier: MIT
"""A machine check, as the monitor can raise one, is reported, whatever the kernel is doing; here it idles."""

from shell_support import wait_ready

# CPU 0, bank 9: an uncorrected error with an address (SDM vol. 3B, 15.3.2.2 "IA32_MCi_STATUS MSRs").
COMMAND = "mce 0 9 0xbd00000000000000 0x4 0x12345 0x8c"


def drive(vm):
    wait_ready(vm, has_screen=False)
    vm.monitor(COMMAND)
    vm.wait_end(10)
    assert "exception 18 (#MC machine check), error code 0\r\n" in vm.serial_log, vm.serial_log
