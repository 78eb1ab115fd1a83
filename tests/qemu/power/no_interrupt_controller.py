# SPDX-License-Identifier: MIT
"""Without the 8259A pair nothing can interrupt: the kernel says so and reaches its prompt."""


def drive(vm):
    log = vm.wait_serial("tenorite> ")
    assert "no interrupt controllers (8259A): no device can interrupt" in log, log
    assert "8254" not in log, log
    return True
