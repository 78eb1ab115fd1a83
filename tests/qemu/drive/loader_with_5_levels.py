# SPDX-License-Identifier: MIT
"""A loader that firmware has started with page tables of 5 levels may leave CR4.LA57 on: the kernel's own have 4."""

from shell_support import on_serial, wait_ready

CR4_LA57 = 1 << 12


def drive(vm):
    output = vm.gdb(["hbreak *boot_entry", "continue", f"set $cr4 = $cr4 | {CR4_LA57}", "print/x $cr4"],
                    symbols=vm.settings.kernel)
    assert f"= {CR4_LA57:#x}\n" in output, output
    wait_ready(vm)
    assert on_serial(vm, "echo alive") == ["alive"]
    vm.send_serial("exit 42\r")
