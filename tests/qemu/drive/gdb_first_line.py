# SPDX-License-Identifier: MIT
"""gdb on QEMU's stub stops at the first line of C, sees source, arguments and the stack, and lets the kernel run."""

import re


def drive(vm):
    output = vm.gdb(["hbreak arch_start", "continue", "backtrace", "print/x $edi", "next"],
                    symbols=vm.settings.kernel)
    assert re.search(r"arch_start \(loader_magic=\d+, information=\d+\)\s+at .*boot/start\.c:\d+", output), output
    assert "0x336ec578" in output, output
    assert "No such file" not in output, output
    vm.wait_serial("tenorite> ")
    vm.send_serial("exit 9\r")
