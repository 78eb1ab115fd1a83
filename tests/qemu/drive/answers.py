# SPDX-License-Identifier: MIT
"""However it was booted, and whatever the machine has or lacks: the kernel has found as much memory as there is, its
shell answers, and its timers run out."""

import re

import boot_path
from shell_support import on_screen, on_serial, wait_ready

# What lies below 1 MiB, the kernel itself, its tables, and what firmware keeps: more of it under UEFI.
UNUSABLE_MIB = 4
UNUSABLE_UNDER_UEFI_MIB = 10


def drive(vm):
    path = boot_path.PATHS[vm.settings.boot]
    wait_ready(vm)
    assert on_serial(vm, "echo alive") == ["alive"]
    if vm.settings.has_text_screen():
        assert on_screen(vm, "echo typed") == ["typed"]
    unusable_mib = UNUSABLE_UNDER_UEFI_MIB if path.is_uefi else UNUSABLE_MIB
    free_mib = int(re.search(r"mm: (\d+) KiB of memory free", vm.serial_log).group(1)) / 1024
    assert vm.settings.memory_mib - unusable_mib <= free_mib < vm.settings.memory_mib, free_mib
    assert ("booted by PVH" in vm.serial_log) == (path.medium == "kernel"), vm.serial_log
    has_no_execute = ",-nx" not in vm.settings.cpu
    assert ("this CPU has no execute protection" in vm.serial_log) != has_no_execute, vm.serial_log
    vm.send_serial("spawn 1\r")
    vm.wait_serial("sleeper 1: round 3 of 3\r\n")
    vm.send_serial("exit 42\r")
