# SPDX-License-Identifier: MIT
"""Non-maskable interrupts while the kernel idles and while it works: nothing is lost, the shell answers."""

from shell_support import on_serial, wait_ready


def drive(vm):
    wait_ready(vm, has_screen=False)
    for _ in range(100):
        vm.qmp("inject-nmi")
    assert on_serial(vm, "echo alive") == ["alive"]
    vm.send_serial("spawn 50\r")
    for _ in range(50):
        vm.qmp("inject-nmi")
    for number in range(1, 51):
        vm.wait_serial(f"sleeper {number}: round 3 of 3\r\n")
    vm.send_serial("exit 3\r")
