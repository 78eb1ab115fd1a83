# SPDX-License-Identifier: MIT
"""The kernel comes up and answers; of its memory it has found as much as the machine has."""

import re

from shell_support import on_serial, wait_ready

# What lies below 1 MiB, the kernel itself, its tables, and what firmware keeps.
UNUSABLE_MIB = 4


def drive(vm):
    wait_ready(vm)
    assert on_serial(vm, "echo alive") == ["alive"]
    free_mib = int(re.search(r"mm: (\d+) KiB of memory free", vm.serial_log).group(1)) / 1024
    assert vm.settings.memory_mib - UNUSABLE_MIB <= free_mib < vm.settings.memory_mib, free_mib
    has_no_execute = ",-nx" not in vm.settings.cpu
    assert ("this CPU has no execute protection" in vm.serial_log) != has_no_execute, vm.serial_log
    vm.send_serial("exit 42\r")
