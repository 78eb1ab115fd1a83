# SPDX-License-Identifier: MIT
"""Without the 8259A pair nothing can interrupt: the kernel says so and reaches its prompt."""


def drive(vm):
    log = vm.wait_serial("tenorite> ")
    assert "irq: missing: no 8259A controllers: no device can interrupt" in log, log
    assert "timer: missing" not in log, log
    return True
