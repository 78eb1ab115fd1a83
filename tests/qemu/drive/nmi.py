# SPDX-License-Identifier: MIT
"""Non-maskable interrupts while the kernel idles and while it works: they arrive, and nothing is lost."""

import re

from shell_support import on_serial, wait_ready


def nmi_count(vm):
    """What the kernel counted. QEMU joins those that come before the CPU has taken the last one."""
    return int(re.search(r"\$1 = (\d+)", vm.gdb(["print nmis"], symbols=vm.settings.kernel)).group(1))


def drive(vm):
    wait_ready(vm, has_screen=False)
    for _ in range(100):
        vm.qmp("inject-nmi")
    assert on_serial(vm, "echo alive") == ["alive"]
    while_idle = nmi_count(vm)
    assert 0 < while_idle <= 100, while_idle
    vm.send_serial("spawn 50\r")
    for _ in range(50):
        vm.qmp("inject-nmi")
    for number in range(1, 51):
        vm.wait_serial(f"sleeper {number}: round 3 of 3\r\n")
    assert while_idle < nmi_count(vm) <= while_idle + 50, (while_idle, nmi_count(vm))
    vm.send_serial("exit 3\r")
